"""The addresses."""

from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from capture.hosts.crm import views

router = DefaultRouter()
router.register("leads", views.LeadApi)

urlpatterns = [
    path("sign-in/<int:pk>", views.sign_in),
    path("lead/<int:pk>", views.lead),
    path("broken/<int:pk>", views.broken),
    path("misnamed/<int:pk>", views.misnamed),
    path("async/<int:pk>", views.lead_async),
    path("beacon/<int:pk>", views.with_beacon),
    path("inside/<int:pk>", views.inside),
    path("reveal/<int:pk>", views.reveal),
    path("export", views.export),
    path("total", views.total),
    path("page/<int:pk>", views.LeadPage.as_view()),
    path("leads", views.Leads.as_view()),
    path("api/", include(router.urls)),
    path("admin/", admin.site.urls),
]
