"""What is bought, by whom, from which vendors, and what is owed for it."""

from checkout.models.cart import Cart as Cart
from checkout.models.cart import CartLine as CartLine
from checkout.models.cart import CartStatus as CartStatus
from checkout.models.order import OPEN_ORDERS as OPEN_ORDERS
from checkout.models.order import ORDER_MOVES as ORDER_MOVES
from checkout.models.order import VENDOR_ORDER_MOVES as VENDOR_ORDER_MOVES
from checkout.models.order import Order as Order
from checkout.models.order import OrderLine as OrderLine
from checkout.models.order import OrderStatus as OrderStatus
from checkout.models.order import PaymentState as PaymentState
from checkout.models.order import VendorOrder as VendorOrder
from checkout.models.order import VendorOrderStatus as VendorOrderStatus
from checkout.models.payment import PAYMENT_MOVES as PAYMENT_MOVES
from checkout.models.payment import REFUND_MOVES as REFUND_MOVES
from checkout.models.payment import Payment as Payment
from checkout.models.payment import PaymentStatus as PaymentStatus
from checkout.models.payment import Refund as Refund
from checkout.models.payment import RefundLine as RefundLine
from checkout.models.payment import RefundStatus as RefundStatus
from checkout.models.shipping import CartShipping as CartShipping
from checkout.models.shipping import ShippingMethod as ShippingMethod
