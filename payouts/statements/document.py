"""A statement as a document to print: PDF, the same bytes whenever it is made."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace
from typing_extensions import override

from marketplace.kernel.money import Money
from payouts.models import Statement
from payouts.statements.figures import Component, Row

FONTS: Final = Path(__file__).with_name("fonts")
FAMILY: Final = "DejaVu"
# What is more is in the table; a document of thousands of pages is read by nobody.
MOST_ROWS: Final = 500
GREY: Final = (90, 96, 106)
PALE: Final = (240, 242, 245)

NAMES: Final[Mapping[Component, str]] = {
    Component.SALES: "Sales, as buyers paid them",
    Component.REFUNDS: "Refunds to buyers",
    Component.PROMOTIONS: "Discounts paid by the platform",
    Component.COMMISSION: "Commission",
    Component.COMMISSION_TAX: "Tax on the commission",
    Component.TAX: "Tax remitted by the platform",
    Component.ADJUSTMENTS: "Adjustments",
    Component.DISPUTES: "Disputes",
    Component.PAYOUTS: "Payouts to the bank",
}


def document(
    statement: Statement, sums: Mapping[Component, Money], rows: Iterable[Row], *, owner: str
) -> bytes:
    """The PDF: the sums on the first page, and what came and went below, as far as MOST_ROWS.

    Args:
        owner: who it is for, a line each.
    """
    pdf = _Pages(statement)
    pdf.add_page()
    pdf.write_owner(owner)
    pdf.write_sums(statement, sums)
    pdf.write_rows(rows)
    return bytes(pdf.output())


class _Pages(FPDF):
    """A4 pages of one statement, numbered."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(format="A4")
        self.add_font(FAMILY, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FAMILY, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_title(statement.name)
        self.set_lang("en")
        # Else each copy would say when it was made, and no two would be the same.
        self.set_creation_date(statement.created_at)
        self.set_margins(18, 18, 18)
        self.set_auto_page_break(auto=True, margin=18)
        self.statement = statement

    @override
    def header(self) -> None:
        told = self.statement
        self.set_font(FAMILY, "B", 15)
        self.cell(text="Statement", new_x="LMARGIN", new_y="NEXT")
        self.set_font(FAMILY, "", 9)
        self.set_text_color(*GREY)
        until = f"{told.starts_on:%Y-%m-%d} to {told.last_on:%Y-%m-%d}"
        self.cell(text=f"{until} ({told.timezone}), {told.currency}", new_x="LMARGIN", new_y="NEXT")
        self.set_text_color(0)
        self.ln(5)

    @override
    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FAMILY, "", 8)
        self.set_text_color(*GREY)
        self.cell(text=self.statement.name)
        self.cell(w=0, text=f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)

    def write_owner(self, owner: str) -> None:
        """Whom it is for."""
        self.set_font(FAMILY, "", 10)
        self.multi_cell(w=0, text=owner, new_x="LMARGIN", new_y="NEXT")
        self.ln(6)

    def write_sums(self, statement: Statement, sums: Mapping[Component, Money]) -> None:
        """What stood there before, what came and went, and what stands there now."""
        lines: list[Sequence[str]] = [("Opening balance", statement.opening.amount)]
        lines += [(NAMES[each], sums[each].amount) for each in Component if each in sums]
        lines.append(("Closing balance", statement.closing.amount))
        if statement.held.minor:
            lines.append(("of which is held back", statement.held.amount))
        self.set_font(FAMILY, "", 10)
        with self.table(
            col_widths=(3, 1),
            text_align=("LEFT", "RIGHT"),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            first_row_as_headings=False,
            line_height=7,
        ) as table:
            for name, amount in lines:
                is_total = name.endswith("balance")
                row = table.row(style=FontFace(emphasis="B", fill_color=PALE) if is_total else None)
                row.cell(name)
                row.cell(amount)
        self.ln(8)

    def write_rows(self, rows: Iterable[Row]) -> None:
        """What came and went, one by one."""
        rows = iter(rows)
        shown = list(islice(rows, MOST_ROWS))
        if not shown:
            return
        self.set_font(FAMILY, "", 8)
        with self.table(
            col_widths=(17, 22, 22, 14, 14),
            text_align=("LEFT", "LEFT", "LEFT", "RIGHT", "RIGHT"),
            borders_layout=TableBordersLayout.SINGLE_TOP_LINE,
            headings_style=FontFace(emphasis="B", fill_color=PALE),
            line_height=5,
        ) as table:
            table.row(("Date", "What", "Order", "Amount", "Balance"))
            for row in shown:
                table.row(
                    (
                        f"{row.recorded_at:%Y-%m-%d %H:%M}",
                        row.kind.replace("_", " ").capitalize(),
                        row.order_number,
                        row.amount.amount,
                        row.balance.amount,
                    )
                )
        if more := sum(1 for _ in rows):
            self.ln(4)
            self.cell(text=f"{more} more are in the table of this statement (CSV).")
