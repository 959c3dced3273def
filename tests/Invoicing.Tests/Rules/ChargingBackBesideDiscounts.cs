using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// A chargeback has the taxes of what no discount was deducted from: no tax goes away by a discount and is owed on a
/// chargeback as well.
/// </summary>
public class ChargingBackBesideDiscounts
{
    private static readonly decimal[] Rates = [0, 0.05m, 0.19m];

    private static readonly Arbitrary<(ApplicationRule Rule, IssueInvoiceLine[] Lines, int[] Shares)> Stories = (
        from rule in Gen.Elements(Enum.GetValues<ApplicationRule>())
        from lines in (
            from cents in Gen.Choose(1, 20_000)
            from rate in Gen.Elements(Rates)
            from kind in Gen.Elements(Enum.GetValues<LineKind>())
            select Some.Line(1, cents / 100m, rate, taxCode: $"T{rate}") with { Kind = kind }).NonEmptyListOf()
        from shares in Gen.Choose(1, 400).ListOf(6)
        select (rule, lines.ToArray(), shares.ToArray())).ToArbitrary();

    /// <summary>Goods 1,000 + 190, freight 100 without tax; 20 % within 10 days, which the goods bear.</summary>
    [Fact]
    public void Its_taxes_are_those_of_what_the_discount_has_left()
    {
        var invoice = Issued(
            ApplicationRule.LineAndTaxProrate, "20/10 NET 30", Some.Line(1, 1_000, 0.19m),
            Some.Line(1, 100, 0) with { Kind = LineKind.Freight });
        var paid = InvoiceDecider.ApplyPayment(
            invoice, Some.Payment(1, 800) with { Discount = Some.Usd(200) }, Some.Context);
        TaxTaken(paid.Events).ShouldBe(31.93m);

        var (chargeback, onInvoice) = Draft(After(invoice, paid))!.Issue(Some.Receipt, "DM");

        // The goods are 990.00 by then, 831.93 + 158.07, and the freight 100.00: of 290.00 they are 263.39.
        chargeback.Lines.Select(line => (line.TaxRate, line.Net.Amount, line.Tax.Amount))
            .ShouldBe([(0.19m, 221.34m, 42.05m), (0m, 26.61m, 0m)]);
        (chargeback.Total, onInvoice.Amount).ShouldBe((Some.Usd(290), Some.Usd(290)));
    }

    [Fact]
    public void Discounts_and_chargebacks_never_take_more_tax_than_was_billed_and_sum_to_the_cent() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Stories, story =>
        {
            var (invoice, taken) = (Issued(story.Rule, "20/10 NET 30", story.Lines), 0m);
            var issued = invoice.Issued!;
            foreach (var (number, share) in story.Shares.Index())
            {
                var settled = Part(invoice.Balance, share);
                var discount = issued.Installments[0].Discount!.On(settled, Some.Today);
                if (discount.IsPositive && discount < settled)
                {
                    var payment = Some.Payment(number, (settled - discount).Amount) with { Discount = discount };
                    Take(InvoiceDecider.ApplyPayment(invoice, payment, Some.Context).Events);
                }

                if (share % 3 == 0)
                    Take(InvoiceDecider.ReversePayment(invoice, Some.Reversal(share % 6, 1), Some.Context).Events);
                if (Draft(invoice, Part(invoice.Balance, share)) is not { } draft)
                    continue;
                var (chargeback, onInvoice) = draft.Issue(Some.Allocation(100 + number), $"DM-{number}");
                (chargeback.Net + chargeback.Tax).ShouldBe(draft.Amount);
                chargeback.Lines.ShouldAllBe(line => !line.Net.IsNegative && !line.Tax.IsNegative);
                Take([onInvoice]);
            }

            static Money Part(Money of, int share) => Money.Round(of.Amount * share / 400, of.Currency);

            void Take(IReadOnlyList<object> events)
            {
                invoice = events.Aggregate(invoice, Invoice.Evolve);
                taken += TaxTaken(events);
                (taken >= 0 && taken <= issued.Tax.Amount).ShouldBeTrue($"{taken} of {issued.Tax}");
            }
        }));

    /// <summary>What the entries on the invoice debit tax.</summary>
    private static decimal TaxTaken(IEnumerable<object> events) => events.OfType<IFinancialEvent>()
        .SelectMany(e => e.Entry.Lines).Where(line => line.Role == AccountRoles.Tax)
        .Sum(line => line.Debit.Amount - line.Credit.Amount);

    /// <summary>Of all that is open, or of so much; null where nothing is.</summary>
    private static ChargebackDraft? Draft(Invoice invoice, Money? amount = null) => ChargebackDraft.Of(
        invoice,
        new ChargeBack(
            new ChargebackOrigin(Some.Receipt, invoice.Issued!.Number, 1, "short paid"), amount, null, Some.Usd(0)),
        CustomerStatus.Active, Some.Context).Draft;

    private static Invoice Issued(ApplicationRule rule, string terms, params IssueInvoiceLine[] lines)
    {
        var account = Some.Account(terms: terms) with { ApplicationRules = new ApplicationRules(rule) };
        var draft = Some.Draft(Some.Wish(lines), account);
        return After(Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, draft, "INV-US01-2026-000001"));
    }

    private static Invoice After(Invoice invoice, Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(invoice, Invoice.Evolve);
    }
}
