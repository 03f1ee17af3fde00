"""The pages."""

from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.views.generic import DetailView, ListView
from rest_framework import serializers, viewsets

from capture.hosts.crm.models import Lead
from viewtrail.capture import NotLogged, records_view
from viewtrail.capture.middleware.django import client
from viewtrail.capture.middleware.django_rows import csv_response, exported_rows
from viewtrail.capture.middleware.django_views import RecordList, RecordView, RecordViewSet


def sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    login(request, get_user_model().objects.get(pk=pk))
    return HttpResponse("signed in")


@login_required
@records_view("lead", id="pk", via="list")
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(get_object_or_404(Lead, pk=pk).name)


@records_view("lead", id="pk")
def broken(request: HttpRequest, pk: int) -> HttpResponse:
    raise RuntimeError("the page breaks after the record was read")


@records_view("lead", id="no_such_argument")
def misnamed(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse("shown all the same")


@transaction.non_atomic_requests  # Django has no transactions around asynchronous views
@records_view("lead", id="pk")
async def lead_async(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse((await Lead.objects.aget(pk=pk)).name)


@records_view("lead", id="pk")
def with_beacon(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(engines["django"].from_string("{{ view_token }}").render({}, request))


@records_view("lead", id="pk")
def inside(request: HttpRequest, pk: int) -> HttpResponse:
    """Says whether a transaction was open, and what had been told by then."""
    said = client().health().get("last_number", 0)
    return HttpResponse(f"{connection.in_atomic_block} {said}")


def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        with client().reveal(request.user.pk, pk, "phone", proof=request.GET.get("proof")):
            return HttpResponse(Lead.objects.get(pk=pk).phone)
    except NotLogged as error:
        return HttpResponse(str(error), status=503)


def export(request: HttpRequest) -> HttpResponse:
    return csv_response(request, Lead.objects.all(), ["name", "phone"], "leads.csv")


def total(request: HttpRequest) -> HttpResponse:
    rows = exported_rows(request, Lead.objects.filter(country="CY"), format="xlsx", masked=True)
    return HttpResponse(str(sum(1 for _ in rows)))


class LeadPage(RecordView, DetailView):
    model = Lead
    record_kind = "lead"
    record_via = "search"

    def render_to_response(self, context: dict[str, object], **_: object) -> HttpResponse:
        return HttpResponse(str(context["object"].name))  # type: ignore[attr-defined]


class Leads(RecordList, ListView):
    model = Lead
    paginate_by = 4
    record_list = "callbacks"

    def render_to_response(self, context: dict[str, object], **_: object) -> HttpResponse:
        return HttpResponse(", ".join(lead.name for lead in context["object_list"]))  # type: ignore[attr-defined]


class LeadSerializer(serializers.ModelSerializer):
    class Meta:
        model = Lead
        fields = ("id", "name")


class LeadApi(RecordViewSet, viewsets.ModelViewSet):
    queryset = Lead.objects.all()
    serializer_class = LeadSerializer
    record_kind = "lead"
