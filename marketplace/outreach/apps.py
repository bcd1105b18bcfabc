from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "marketplace.outreach"
    label = "outreach"
