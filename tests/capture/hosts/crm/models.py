"""What the CRM keeps."""

from django.db import models


class Lead(models.Model):
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=40)
    country = models.CharField(max_length=2, default="CY")

    class Meta:
        app_label = "crm"
        ordering = ("id",)
