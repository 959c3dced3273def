using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class IssuingInvoices
{
    [Fact]
    public void Lines_are_priced_taxed_and_summed_in_minor_units()
    {
        var draft = Some.Draft(Some.Wish(Some.Line(10, 25, 0.08m), Some.Line(3, 0.333333m, 0.1m)));

        draft.Lines.Select(line => (line.Net.Amount, line.Tax.Amount)).ShouldBe([(250.00m, 20.00m), (1.00m, 0.10m)]);
        (draft.Net, draft.Tax, draft.Total).ShouldBe((Some.Usd(251), Some.Usd(20.10m), Some.Usd(271.10m)));
    }

    [Fact]
    public void A_discount_is_taken_off_before_tax()
    {
        var draft = Some.Draft(Some.Wish(Some.Line(10, 25, 0.08m, discount: 50)));

        (draft.Net, draft.Tax).ShouldBe((Some.Usd(200), Some.Usd(16)));
    }

    [Theory]
    [InlineData(TaxRounding.Line, "0.09")]
    [InlineData(TaxRounding.Document, "0.10")]
    public void Tax_is_rounded_where_the_entity_says(TaxRounding rounding, string tax)
    {
        // Three lines of 0.40 at 8.25 %: 0.033 each, 0.099 together.
        var draft = Some.Draft(
            Some.Wish([.. Enumerable.Range(0, 3).Select(_ => Some.Line(1, 0.40m, 0.0825m))]),
            Some.Account(rounding: rounding));

        draft.Tax.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(tax);
        draft.Lines.Sum(line => line.Tax.Amount).ShouldBe(draft.Tax.Amount);
    }

    [Fact]
    public void The_due_date_comes_from_the_agreed_terms()
    {
        var draft = Some.Draft(Some.Wish(Some.Line()));

        draft.Installments.ShouldHaveSingleItem().DueDate.ShouldBe(new DateOnly(2026, 12, 23));
        draft.Terms.ShouldBe(draft.AgreedTerms);
    }

    [Fact]
    public void Other_terms_are_accepted_and_can_be_told_from_the_agreed_ones()
    {
        var draft = Some.Draft(Some.Wish(Some.Line()) with { Terms = "net 0" });

        (draft.Terms, draft.AgreedTerms).ShouldBe(("NET 0", "NET 30"));
        draft.Installments.ShouldHaveSingleItem().DueDate.ShouldBe(Some.Today);
    }

    [Fact]
    public void Without_a_date_it_is_dated_today_where_the_entity_is()
    {
        var lateEvening = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

        var (draft, _) = InvoiceDraft.Of(
            Some.Wish(Some.Line()) with { InvoiceDate = null }, Some.Account(), lateEvening);

        draft!.InvoiceDate.ShouldBe(new DateOnly(2026, 11, 23));
    }

    [Fact]
    public void Its_entry_debits_receivables_and_credits_revenue_per_account_and_tax()
    {
        var draft = Some.Draft(
            Some.Wish(Some.Line(1, 100, 0.1m, account: "4000"), Some.Line(1, 50, 0, account: "4100")));

        var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, "INV-US01-2026-000001").Events[0];

        issued.Entry.PostingDate.ShouldBe(Some.Today);
        issued.Entry.Lines.Select(line => (line.Account, line.Role, line.Debit.Amount, line.Credit.Amount)).ShouldBe(
        [
            ("1200", "receivables", 160m, 0m), ("4000", "revenue", 0m, 100m), ("4100", "revenue", 0m, 50m),
            ("2200", "tax", 0m, 10m),
        ]);
    }

    [Fact]
    public void Issuing_twice_is_nothing() =>
        Some.Invoices.Given(Some.Issued())
            .When(invoice => InvoiceDecider.Issue(invoice, Some.Draft(Some.Wish(Some.Line())), "INV-US01-2026-000002"))
            .ThenNothing();

    public static TheoryData<string, string> Refused => new()
    {
        { "no lines", "invalid-invoice" }, { "2001 lines", "invalid-invoice" }, { "zero", "nothing-to-bill" },
        { "no currency", "invalid-invoice" }, { "no rate", "no-exchange-rate" },
        { "far ahead", "invoice-date-out-of-range" },
        { "long ago", "invoice-date-out-of-range" }, { "terms", "unknown-terms" }, { "quantity", "invalid-invoice" },
        { "quantity decimals", "invalid-invoice" }, { "price", "invalid-invoice" }, { "tax", "invalid-invoice" },
        { "discount", "invalid-invoice" }, { "discount decimals", "invalid-invoice" }, { "huge", "amount-too-large" },
        { "huge sum", "amount-too-large" }, { "account", "invalid-invoice" }, { "description", "invalid-invoice" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Is_refused(string what, string code)
    {
        var good = Some.Wish(Some.Line());
        var wish = what switch
        {
            "no lines" => Some.Wish(),
            "2001 lines" => Some.Wish([.. Enumerable.Repeat(Some.Line(), 2001)]),
            "zero" => Some.Wish(Some.Line(1, 0)),
            "no currency" => good with { Currency = "eur" },
            "no rate" => good with { Currency = "EUR" },
            "far ahead" => good with { InvoiceDate = Some.Today.AddDays(32) },
            "long ago" => good with { InvoiceDate = new DateOnly(1999, 12, 31) },
            "terms" => good with { Terms = "NET 366" },
            "quantity" => Some.Wish(Some.Line(quantity: 0)),
            "quantity decimals" => Some.Wish(Some.Line(quantity: 1.0000001m)),
            "price" => Some.Wish(Some.Line(unitPrice: -1)),
            "tax" => Some.Wish(Some.Line(taxRate: 1.01m)),
            "discount" => Some.Wish(Some.Line(1, 10, discount: 10.01m)),
            "discount decimals" => Some.Wish(Some.Line(1, 10, discount: 0.001m)),
            "huge" => Some.Wish(Some.Line(999_999_999, 999_999_999_999)),
            "huge sum" => Some.Wish([.. Enumerable.Repeat(Some.Line(1_000, 900_000_000_000, 0), 3)]),
            "account" => Some.Wish(Some.Line(account: "4 000")),
            _ => Some.Wish(Some.Line() with { Description = " " }),
        };

        var (draft, refusal) = InvoiceDraft.Of(wish, Some.Account(), Some.Now);

        draft.ShouldBeNull();
        refusal!.Code.ShouldBe(code);
    }

    /// <summary>D-19: what is owed is what is shown; no part of a cent is left when that is paid.</summary>
    [Fact]
    public void D19_a_total_is_fixed_in_minor_units_at_issue()
    {
        var issued = Issue(Some.Line(1, 83.79176m, 0));

        issued.Total.ShouldBe(Some.Usd(83.79m));
        Some.Invoices.Given(Some.Applied(issued, 1, 83.79m)).When(_ => Decision.Nothing).ThenState(invoice =>
        {
            invoice.Balance.ShouldBe(Some.Usd(0));
            invoice.Status.ShouldBe(InvoiceStatus.Paid);
        });
    }

    /// <summary>D-20: the payment of the rounded amount pays, and pays no more than is owed.</summary>
    [Fact]
    public void D20_who_pays_the_rounded_total_has_not_overpaid()
    {
        var issued = Issue(Some.Line(1, 499.99615m, 0));

        issued.Total.ShouldBe(Some.Usd(500));
        var paid = Some.Applied(issued, 1, 500).Aggregate(Invoice.Initial, Invoice.Evolve);
        (paid.Status, paid.Applied).ShouldBe((InvoiceStatus.Paid, issued.Total));
        InvoiceDecider.ApplyPayment(
            Invoice.Evolve(Invoice.Initial, issued), Some.Payment(1, 500.01m), Some.Context).Events
            .ShouldHaveSingleItem().ShouldBeOfType<PaymentApplicationRejected>().Code.ShouldBe("exceeds-balance");
    }

    private static InvoiceIssued Issue(IssueInvoiceLine line) => (InvoiceIssued)InvoiceDecider.Issue(
        Invoice.Initial, Some.Draft(Some.Wish(line)), "INV-US01-2026-000001").Events[0];

    /// <summary>D-21, I-17: no price leaves a rest below one minor unit.</summary>
    [Fact]
    public void D21_a_thousand_invoices_with_seven_decimals_in_the_price_are_paid_exactly()
    {
        var random = new Random(20_261_123);
        for (var n = 0; n < 1_000; n++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Some.Line(
                random.Next(1, 100_000) / 1_000m, random.Next(1, int.MaxValue) / 10_000_000m,
                random.Next(0, 2_500) / 10_000m));
            var rounding = (TaxRounding)(n % 2);
            var draft = Some.Draft(Some.Wish([.. lines]), Some.Account(rounding: rounding));
            var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, $"INV-US01-2026-{n:D6}").Events[0];

            issued.Lines.Sum(line => line.Net.Amount + line.Tax.Amount).ShouldBe(issued.Total.Amount);
            Some.Invoices.Given(issued)
                .When(invoice => InvoiceDecider.ApplyPayment(
                    invoice, Some.Payment(1, issued.Total.Amount), Some.Context))
                .ThenState(invoice => invoice.Status.ShouldBe(InvoiceStatus.Paid));
        }
    }
}
