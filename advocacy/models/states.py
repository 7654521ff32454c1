"""The member States of the United Nations, by the regional group in which they stand for election.

Source: the groups of Member States of the UN's Department for General Assembly and Conference
Management. The United States belongs to no group and stands for election with the Western one;
Türkiye takes part in two and stands with the Western one.
"""

from django.utils.translation import gettext

from advocacy.models.enums import RegionalGroup

MEMBERS = {
    RegionalGroup.AFRICA: (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML"
        " MR MU MW MZ NA NE NG RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG ZA ZM ZW"
    ),
    RegionalGroup.ASIA_PACIFIC: (
        "AE AF BD BH BN BT CN CY FJ FM ID IN IQ IR JO JP KG KH KI KP KR KW KZ LA LB LK MH MM MN MV"
        " MY NP NR OM PG PH PK PW QA SA SB SG SY TH TJ TL TM TO TV UZ VN VU WS YE"
    ),
    RegionalGroup.EASTERN_EUROPE: (
        "AL AM AZ BA BG BY CZ EE GE HR HU LT LV MD ME MK PL RO RS RU SI SK UA"
    ),
    RegionalGroup.LATIN_AMERICA: (
        "AG AR BB BO BR BS BZ CL CO CR CU DM DO EC GD GT GY HN HT JM KN LC MX NI PA PE PY SR SV TT"
        " UY VC VE"
    ),
    RegionalGroup.WESTERN_EUROPE: (
        "AD AT AU BE CA CH DE DK ES FI FR GB GR IE IL IS IT LI LU MC MT NL NO NZ PT SE SM TR US"
    ),
}
GROUP_OF = {code: group for group, codes in MEMBERS.items() for code in codes.split()}
# Codes with two letters that ISO 3166 keeps for organisations: none of them is a State.
OF_ORGANISATIONS = frozenset({"EU", "EZ", "UN"})


def group_name(code: str) -> str:
    """The regional group of a State, in the active language."""
    group = GROUP_OF.get(code)
    return str(group.label) if group else gettext("In no regional group")
