"""The admin, in which every change page is a view."""

from django.contrib import admin

from capture.hosts.crm.models import Lead
from viewtrail.capture.middleware.django_views import RecordAdmin


@admin.register(Lead)
class LeadAdmin(RecordAdmin, admin.ModelAdmin):
    record_kind = "lead"
    list_display = ("name", "country")
    list_filter = ("country",)
