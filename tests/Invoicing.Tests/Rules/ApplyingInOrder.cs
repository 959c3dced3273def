using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>INV-07: in what order lines, their tax, freight and late charges of a document are settled.</summary>
public class ApplyingInOrder
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

    /// <summary>The example of <see cref="ApplicationOrder"/>: 1,000 + 190 of tax, and 100 of freight + 19.</summary>
    [Theory]
    [InlineData(ApplicationRule.LineAndTaxProrate, 1_100, 924.37, 175.63, 0)]
    [InlineData(ApplicationRule.LineFirstTaxAfter, 1_100, 1_000, 100, 0)]
    [InlineData(ApplicationRule.ProrateAll, 1_100, 840.34, 159.66, 100)]
    [InlineData(ApplicationRule.LineAndTaxProrate, 1_200, 1_000, 190, 10)]
    [InlineData(ApplicationRule.LineFirstTaxAfter, 1_200, 1_000, 190, 10)]
    [InlineData(ApplicationRule.LineFirstTaxAfter, 1_309, 1_000, 190, 119)]
    public void What_is_paid_settles_the_parts_in_the_order_of_the_rule(
        ApplicationRule rule, double paid, double line, double tax, double freight)
    {
        var invoice = Pay(Issued(rule), (decimal)paid);

        var parts = ApplicationOrder.Of(invoice);

        parts.Select(part => (part.Kind, part.Billed.Amount, part.Settled.Amount)).ShouldBe(
        [
            (PartKind.Line, 1_000m, (decimal)line), (PartKind.Tax, 190m, (decimal)tax),
            (PartKind.Freight, 119m, (decimal)freight),
        ]);
        parts.ShouldAllBe(part => part.Open == part.Billed - part.Settled);
        var reversal = Some.Reversal(1, (decimal)paid);
        var back = After(invoice, InvoiceDecider.ReversePayment(invoice, reversal, Some.Context));
        ApplicationOrder.Of(back).ShouldAllBe(part => part.Settled.IsZero);
    }

    [Fact]
    public void Each_kind_of_document_has_its_own_rule_or_the_default_and_keeps_it()
    {
        var rules = new ApplicationRules(ApplicationRule.ProrateAll, DebitMemo: ApplicationRule.LineFirstTaxAfter);
        var draft = Some.Draft(
            Some.Wish(Some.Line(1, 100, 0.1m)), Some.Account() with { ApplicationRules = rules });

        Kept(draft).ShouldBe(ApplicationRule.ProrateAll);
        Kept(draft with { Kind = DocumentKind.DebitMemo }).ShouldBe(ApplicationRule.LineFirstTaxAfter);
        Kept(draft with { ApplicationRules = null }).ShouldBe(ApplicationRule.LineAndTaxProrate);

        static ApplicationRule Kept(InvoiceDraft draft) =>
            ((InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, "INV-1").Events[0]).ApplicationRule;
    }

    [Fact]
    public void Lines_of_a_debit_memo_are_late_charges()
    {
        var draft = Some.Draft(Some.Wish(Some.Line(1, 100, 0.1m))) with { Kind = DocumentKind.DebitMemo };
        var memo = After(Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, draft, "DM-1"));

        ApplicationOrder.Of(memo).ShouldBe(
            [new SettledPart(PartKind.LateCharge, Some.Usd(110), Some.Usd(0), Some.Usd(110))]);
    }

    /// <summary>A discount is of the first parts: freight earns none as long as the lines bear it.</summary>
    [Theory]
    [InlineData(ApplicationRule.LineAndTaxProrate, 22, 4.18)]
    [InlineData(ApplicationRule.LineFirstTaxAfter, 26.18, 0)]
    [InlineData(ApplicationRule.ProrateAll, 22, 4.18)]
    public void A_discount_lowers_net_and_tax_by_the_rule(ApplicationRule rule, double net, double tax)
    {
        var payment = Some.Payment(1, 1_282.82m) with { Discount = Some.Usd(26.18m) };
        var applied = InvoiceDecider.ApplyPayment(Issued(rule), payment, Some.Context);

        Discounted(applied.Events).ShouldBe(((decimal)net, (decimal)tax));
        var invoice = After(Issued(rule), applied);
        var reversed = InvoiceDecider.ReversePayment(invoice, Some.Reversal(1, 1_282.82m), Some.Context);
        Discounted(reversed.Events).ShouldBe((-(decimal)net, -(decimal)tax));
    }

    [Fact]
    public void What_is_credited_for_a_dispute_has_its_tax_where_lines_go_first_too()
    {
        var invoice = Issued(ApplicationRule.LineFirstTaxAfter);

        var first = Credit(ref invoice, 600, 1);
        var second = Credit(ref invoice, 500, 2);
        var rest = Credit(ref invoice, 209, 3);

        (first.Net, first.Tax).ShouldBe((Some.Usd(504.20m), Some.Usd(95.80m)));
        (second.Net, second.Tax).ShouldBe((Some.Usd(420.17m), Some.Usd(79.83m)));
        (rest.Net, rest.Tax).ShouldBe((Some.Usd(175.63m), Some.Usd(33.37m)));
        first.Lines.ShouldHaveSingleItem().TaxRate.ShouldBe(0.19m);
        invoice.TaxesLeft.ShouldAllBe(tax => tax.Net.IsZero && tax.Tax.IsZero);
    }

    /// <summary>What is credited of the goods is not taken for the freight's, whose tax has another rate.</summary>
    [Theory]
    [InlineData(0, 464.44, 35.56)]
    [InlineData(0.07, 463.13, 36.87)]
    public void What_is_credited_leaves_freight_of_another_rate_for_last(double rate, double net, double tax)
    {
        var invoice = Issued(
            ApplicationRule.LineFirstTaxAfter, Some.Line(1, 1_000, 0.08m, taxCode: null),
            Some.Line(1, 100, (decimal)rate, taxCode: null) with { Kind = LineKind.Freight });

        var first = Credit(ref invoice, 600, 1);
        var second = Credit(ref invoice, 500, 2);

        first.Lines.ShouldHaveSingleItem().TaxRate.ShouldBe(0.08m);
        (first.Net, first.Tax).ShouldBe((Some.Usd(555.56m), Some.Usd(44.44m)));
        (second.Net, second.Tax).ShouldBe((Some.Usd((decimal)net), Some.Usd((decimal)tax)));
    }

    [Fact]
    public void A_discount_takes_no_tax_that_was_credited_and_a_credit_none_that_was_discounted()
    {
        var invoice = Issued(
            ApplicationRule.LineAndTaxProrate, Some.Line(1, 1_000, 0.19m),
            Some.Line(1, 100, 0) with { Kind = LineKind.Freight });
        var payment = Some.Payment(1, 98) with { Discount = Some.Usd(2) };

        var discounted = InvoiceDecider.ApplyPayment(invoice, payment, Some.Context);
        Discounted(discounted.Events).ShouldBe((1.68m, 0.32m));
        var after = After(invoice, discounted);
        var rest = Credit(ref after, 1_190, 1);
        (rest.Net, rest.Tax).ShouldBe((Some.Usd(1_000.32m), Some.Usd(189.68m)));

        var credit = Credit(ref invoice, 1_190, 1);
        (credit.Net, credit.Tax).ShouldBe((Some.Usd(1_000), Some.Usd(190)));
        Discounted(InvoiceDecider.ApplyPayment(invoice, payment, Some.Context).Events).ShouldBe((2m, 0m));
    }

    [Fact]
    public void Parts_sum_to_what_is_settled_and_none_is_settled_beyond_it_or_below_nothing() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Stories, story =>
        {
            var invoice = Issued(story.Rule, story.Lines);
            var parts = ApplicationOrder.PartsOf(invoice.Issued!);
            foreach (var share in story.Shares)
            {
                var amount = Money.Min(invoice.Issued!.Total, Some.Usd(share * share / 100m));
                var first = ApplicationOrder.First(amount, parts, story.Rule);
                Money.Sum(first.Select(part => part.Share.Net + part.Share.Tax), amount.Currency).ShouldBe(amount);
                foreach (var part in parts)
                {
                    var of = first.Where(one => one.Kind == part.Kind && one.Share.TaxCode == part.Share.TaxCode);
                    Within(Money.Sum(of.Select(one => one.Share.Net), amount.Currency), part.Share.Net);
                    Within(Money.Sum(of.Select(one => one.Share.Tax), amount.Currency), part.Share.Tax);
                }
            }

            var paid = Pay(invoice, invoice.Issued!.Total.Amount);
            ApplicationOrder.Of(paid).ShouldAllBe(part => part.Open.IsZero && part.Billed.IsPositive);
        }));

    /// <summary>
    /// Any number of discounts and of credits that come to no more than was billed together take back no more tax than
    /// that, and neither more net by itself. Credits have the tax of their rate, whatever discounts have.
    /// </summary>
    [Fact]
    public void Discounts_and_credits_never_take_back_what_was_not_billed() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Stories, story =>
        {
            var (invoice, deducted, all, tax) = (Issued(story.Rule, story.Lines), 0m, 0m, 0m);
            var issued = invoice.Issued!;
            foreach (var (number, share) in story.Shares.Index())
            {
                var settled = Part(Math.Min(invoice.Balance.Amount, Left()), share);
                var discount = issued.Installments[0].Discount!.On(settled, Some.Today);
                if (discount.IsPositive && discount < settled)
                {
                    var payment = Some.Payment(number, (settled - discount).Amount) with { Discount = discount };
                    Take(InvoiceDecider.ApplyPayment(invoice, payment, Some.Context));
                }

                if (share % 3 == 0)
                    Take(InvoiceDecider.ReversePayment(invoice, Some.Reversal(share % 6, 1), Some.Context));
                var gross = Part(Left(), share);
                if (!gross.IsPositive)
                    continue;
                var credit = Credit(ref invoice, gross.Amount, number);
                (credit.Net + credit.Tax).ShouldBe(gross);
                credit.Lines.ShouldAllBe(line => !line.Net.IsNegative && !line.Tax.IsNegative);
                Sum(credit.Total.Amount, credit.Tax.Amount);
            }

            decimal Left() => issued.Total.Amount - all;

            static Money Part(decimal of, int share) => Money.Round(of * share / 400, Some.Usd(0).Currency);

            void Take(Decision decision)
            {
                invoice = After(invoice, decision);
                var (moreNet, moreTax) = Discounted(decision.Events);
                deducted += moreNet;
                (deducted >= 0 && deducted <= issued.Net.Amount).ShouldBeTrue($"{deducted} of {issued.Net}");
                Sum(moreNet + moreTax, moreTax);
            }

            void Sum(decimal more, decimal moreTax)
            {
                (all, tax) = (all + more, tax + moreTax);
                (tax >= 0 && tax <= issued.Tax.Amount).ShouldBeTrue($"{tax} of {issued.Tax}");
            }
        }));

    private static CreditMemoDraft Credit(ref Invoice invoice, decimal amount, int number)
    {
        var draft = CreditMemoDraft.OfGross(Some.Receipt, invoice, Some.Usd(amount), Some.Context);
        invoice = After(invoice, AdjustmentDecider.Credit(
            invoice, new CreditSource(Some.Allocation(number), $"CM-{number}", Some.Today), draft.Total,
            Invoice.TaxesOf(draft.Lines, invoice.Currency)));
        return draft;
    }

    /// <summary>What the entries debit cash discounts and tax.</summary>
    private static (decimal Net, decimal Tax) Discounted(IEnumerable<object> events)
    {
        var lines = events.OfType<IFinancialEvent>().SelectMany(e => e.Entry.Lines)
            .ToLookup(line => line.Role, line => line.Debit.Amount - line.Credit.Amount);
        return (lines[AccountRoles.CashDiscount].Sum(), lines[AccountRoles.Tax].Sum());
    }

    private static void Within(Money amount, Money most) =>
        (!amount.IsNegative && amount <= most).ShouldBeTrue($"{amount} of {most}");

    private static Invoice Pay(Invoice invoice, decimal amount) =>
        After(invoice, InvoiceDecider.ApplyPayment(invoice, Some.Payment(1, amount), Some.Context));

    private static Invoice Issued(ApplicationRule rule) => Issued(
        rule, Some.Line(1, 100, 0.19m) with { Kind = LineKind.Freight }, Some.Line(10, 100, 0.19m));

    private static Invoice Issued(ApplicationRule rule, params IssueInvoiceLine[] lines)
    {
        var account = Some.Account(terms: "2/10 NET 30") with { ApplicationRules = new ApplicationRules(rule) };
        var draft = Some.Draft(Some.Wish(lines), account);
        return After(Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, draft, "INV-US01-2026-000001"));
    }

    private static Invoice After(Invoice invoice, Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(invoice, Invoice.Evolve);
    }
}
