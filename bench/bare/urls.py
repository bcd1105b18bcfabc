"""A path for each document."""

from django.urls import path

from bench.bare import views

urlpatterns = [
    path("product_list", views.product_list),
    path("product_detail", views.product_detail),
    path("product_search", views.product_search),
]
