from django.db import models

from huying.citizens.fields import SecretText, blind_index
from huying.citizens.models.caller import Caller
from huying.kernel import masking
from huying.kernel.phones import normalise_phone


class Contact(models.Model):
    """What one order says of its appellant: name, phones, ID number and the last part of the address.

    A table of its own: an order can be read without it, and a confidential report hides it from every unit (R098).
    """

    tenant_column = "centre_id"
    SECRET_FIELDS = {"name": "姓名", "phone": "联系电话", "id_number": "证件号码", "address": "详细地址"}

    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    caller = models.ForeignKey(Caller, models.SET_NULL, null=True, related_name="contacts")
    name = SecretText("姓名", default="")
    phone = SecretText("联系电话", default="")
    id_number = SecretText("证件号码", default="")
    address = SecretText("详细地址", default="")
    name_hash = models.BinaryField(max_length=32, default=b"")
    phone_hash = models.BinaryField(max_length=32, default=b"")
    id_hash = models.BinaryField(max_length=32, default=b"")
    gender = models.CharField("性别", max_length=6, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_hash"], name="contact_phone"),
            models.Index(fields=["name_hash"], name="contact_name"),
        ]

    def __str__(self) -> str:
        return f"联系信息 {self.pk}"

    def set_hashes(self) -> None:
        """Keep the searchable hashes in step with the values; call before saving."""
        self.name_hash = blind_index(self.name, purpose="name")
        self.phone_hash = blind_index(normalise_phone(self.phone), purpose="phone")
        self.id_hash = blind_index(self.id_number, purpose="id_number")

    @property
    def masked(self) -> dict[str, str]:
        """What may stand on a screen without asking."""
        return {
            "name": masking.mask_name(self.name), "phone": masking.mask_phone(self.phone),
            "id_number": masking.mask_id_number(self.id_number), "address": masking.mask_address(self.address),
        }
