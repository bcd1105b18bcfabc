"""People and what they buy with: users, guests, billing profiles, addresses, and the cards they keep."""

from marketplace.accounts.models.cards import CardSetup as CardSetup
from marketplace.accounts.models.cards import PaymentCustomer as PaymentCustomer
from marketplace.accounts.models.cards import PaymentMethod as PaymentMethod
from marketplace.accounts.models.people import Address as Address
from marketplace.accounts.models.people import AddressType as AddressType
from marketplace.accounts.models.people import BillingProfile as BillingProfile
from marketplace.accounts.models.people import DataExport as DataExport
from marketplace.accounts.models.people import GuestEmail as GuestEmail
from marketplace.accounts.models.people import User as User
from marketplace.accounts.models.people import UserManager as UserManager
from marketplace.accounts.models.people import UserSession as UserSession
