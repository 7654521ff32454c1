"""Made-up words in three scripts, as frequent as words are: few in every text, most in hardly any.

The vocabulary is the same in every run, so that a search can name a common, a middling and a rare
word of each script, or the two letters that begin one.
"""

from itertools import accumulate
from random import Random

SYLLABLES = {
    "latin": (
        "ab an ar be bor ca cen cor da de dis do el en er fa for fra ga gen gra ha hum il in is"
        " jus ka ker la lem li lo ma men mi mon na ne nor ob on or pa per pla po pri qua ra re ri"
        " ro sa sel si so sta su ta ter ti to tra tu un ur va ven vi vo wa wer win za"
    ),
    "cyrillic": (
        "ба бі бор ва ве ви во га ге гра да де дже до жи за зем зо і із ка кі ко кра ку ла ле ли"
        " ло лю ма ме мі мо на не ні но об од пе пи по пра при ра ре ри ро са се си ска сло сту"
        " та те ти то тру у ує фа хи хо це ча чи ша ши ще що ю я ять"
    ),
    "hangul": (
        "가 각 간 강 개 거 건 결 경 고 공 과 관 교 구 국 권 금 기 나 남 내 노 농 다 단 대 도"
        " 동 라 러 로 리 마 만 명 모 무 문 물 미 민 바 반 발 방 법 보 복 부 북 분 비 사 산 상"
        " 생 서 선 성 세 소 속 수 시 신 실 심 안 양 어 업 여 연 영 오 외 요 용 우 원 위 유 은"
        " 의 이 인 일 임 입 자 작 장 재 전 정 제 조 종 주 중 지 진 차 참 처 천 체 초 총 축 출"
        " 치 통 특 파 판 평 포 표 품 하 학 한 합 해 행 향 현 형 호 화 확 환 회 효 후"
    ),
}
SCRIPTS = list(SYLLABLES)
# Of a hundred texts so many are written in each.
SHARES = [60, 25, 15]
SIZE = 8000
# Frequent words are short: so many have two syllables at most.
SHORT = 100
# Ranks to search for.
COMMON, MIDDLING, RARE = 2, 150, 6000


def _vocabulary(script):
    random, syllables = Random(script), SYLLABLES[script].split()
    words = {}
    while len(words) < SIZE:
        number = 2 if len(words) < SHORT else random.choice([2, 3, 3, 4])
        words["".join(random.choices(syllables, k=number))] = None
    return list(words)


WORDS = {script: _vocabulary(script) for script in SCRIPTS}
# Zipf's law: the word of rank n stands n times less often than the first.
WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(SIZE)))


def a_script(random):
    """The script in which a text is written."""
    return random.choices(SCRIPTS, SHARES)[0]


def text(random, script, number):
    """So many words as a sentence or two."""
    words = random.choices(WORDS[script], cum_weights=WEIGHTS, k=number)
    return " ".join(words).capitalize()
