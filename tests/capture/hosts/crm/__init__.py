"""A small CRM in Django: leads, a list, an export, the admin and an API."""
