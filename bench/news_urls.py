"""All pages of the program, and one that costs nothing but what Django and its middleware cost."""

from django.http import HttpResponse
from django.urls import path

from advocacy import urls


def trivial(request):
    return HttpResponse("It works.")


urlpatterns = [path("trivial/", trivial), *urls.urlpatterns]
