using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class CreditingDisputes
{
    private static readonly decimal[] Rates = [0, 0.05m, 0.0725m, 0.16m, 0.2m];

    private static readonly Gen<IssueInvoiceLine> Lines =
        from cents in Gen.Choose(1, 100_000)
        from rate in Gen.Elements(Rates)
        select Some.Line(quantity: 1, unitPrice: cents / 100m, taxRate: rate, taxCode: $"T{rate}");

    /// <summary>Net and tax of the credit sum to the accepted amount, whatever was billed at whatever rates.</summary>
    [Fact]
    public void A_credit_sums_to_what_was_accepted_to_the_cent() => Prop.ForAll(
        Lines.NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 1_000_000).ToArbitrary(), (lines, part) =>
        {
            var draft = Some.Draft(Some.Wish([.. lines]));
            var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, "INV-1").Events[0];
            var gross = Money.Round(issued.Total.Amount * part / 1_000_000, issued.Total.Currency);
            if (!gross.IsPositive)
                return true;

            var invoice = Invoice.Evolve(Invoice.Initial, issued);
            var credit = CreditMemoDraft.OfGross(Some.Receipt, invoice, gross, Some.Context);

            return credit.Total == gross && credit.Net + credit.Tax == gross
                && Money.Sum(credit.Lines.Select(line => line.Net + line.Tax), gross.Currency) == gross
                && credit.Lines.All(line => !line.Net.IsNegative && !line.Tax.IsNegative);
        }).QuickCheckThrowOnFailure();

    /// <summary>
    /// Any number of credits, however they are made up, take back no more net and no more of any tax than was billed.
    /// </summary>
    [Fact]
    public void Credits_after_credits_never_take_back_what_was_not_billed() => Prop.ForAll(
        Lines.NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 1_000_000).ListOf(4).ToArbitrary(), (lines, parts) =>
        {
            var draft = Some.Draft(Some.Wish([.. lines]));
            var invoice = Invoice.Evolve(
                Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, draft, "INV-1").Events[0]);
            var credited = new List<InvoiceLine>();
            foreach (var (part, number) in parts.Select((part, number) => (part, number)))
            {
                var gross = Money.Round(invoice.Creditable.Amount * part / 1_000_000, invoice.Currency);
                if (!gross.IsPositive)
                    continue;
                var credit = CreditMemoDraft.OfGross(Some.Receipt, invoice, gross, Some.Context);
                var decision = AdjustmentDecider.Credit(
                    invoice, new CreditSource(Some.Allocation(number), "CM", Some.Today), gross,
                    Invoice.TaxesOf(credit.Lines, invoice.Currency));
                if (decision.IsRefused)
                    return false;
                credited.AddRange(credit.Lines);
                invoice = decision.Events.Aggregate(invoice, Invoice.Evolve);
            }

            var billed = Invoice.TaxesOf(invoice.Issued!.Lines, invoice.Currency);
            return Invoice.TaxesOf(credited, invoice.Currency).All(tax => billed.Any(one =>
                one.TaxCode == tax.TaxCode && one.TaxRate == tax.TaxRate && tax.Net <= one.Net && tax.Tax <= one.Tax));
        }).QuickCheckThrowOnFailure();

    /// <summary>Words about disputes come in any order and any number of times; the newest of each counts.</summary>
    [Fact]
    public void What_is_disputed_follows_from_the_newest_word_about_each_dispute() => Prop.ForAll(
        (from dispute in Gen.Choose(1, 3)
         from version in Gen.Choose(1, 5)
         select (dispute, version)).ListOf().ToArbitrary(), words =>
        {
            var invoice = Invoice.Evolve(Invoice.Initial, Some.Issued());
            foreach (var (dispute, version) in words)
            {
                var source = new DisputeSource(Some.Allocation(dispute), Amount(dispute, version), version);
                invoice = AdjustmentDecider.NoteDispute(invoice, 1, source, Some.Context).Events
                    .Aggregate(invoice, Invoice.Evolve);
            }

            var newest = words.GroupBy(word => word.dispute)
                .Select(one => Amount(one.Key, one.Max(word => word.version)).Amount).Sum();
            return invoice.DisputedOn(1) == Some.Usd(Math.Min(newest, 100));
        }).QuickCheckThrowOnFailure();

    private static Money Amount(int dispute, int version) => Some.Usd(version == 5 ? 0 : (dispute * 10) + version);
}
