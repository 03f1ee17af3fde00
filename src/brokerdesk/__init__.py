"""The reference forex CRM, where every idea of Viewtrail is shown working; still an empty room."""
