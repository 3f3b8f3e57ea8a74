"""Partners have an end; need-to-know groups an owner, a reason and an end."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("forces", "0008_fill_ends_and_reasons"),
    ]

    operations = [
        migrations.AlterField(
            model_name="needtoknowgroup",
            name="ends_at",
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name="needtoknowgroup",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="forces.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="needtoknowgroup",
            name="reason",
            field=models.CharField(max_length=300),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("roles", ["partner"]), _negated=True),
                    ("ends_at__isnull", False),
                    _connector="OR",
                ),
                name="partners_have_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="needtoknowgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="group_has_a_reason"
            ),
        ),
    ]
