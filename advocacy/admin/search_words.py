from django.contrib import admin

from advocacy.admin.content import ContentAdmin
from advocacy.admin.transfer import TransferMixin
from advocacy.models import SearchWords


@admin.register(SearchWords)
class SearchWordsAdmin(TransferMixin, ContentAdmin):
    fixture = "search_words.json"
    list_display = ["slug", "words", "note"]
    search_fields = ["slug", "words", "note"]
