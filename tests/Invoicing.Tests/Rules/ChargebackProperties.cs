using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// I-18 after any story of an invoice with taxes at three rates, of which parts are paid, charged back, credited and
/// taken back: invoice and chargebacks together are credited by no more than was billed, in all and of each tax, and
/// what is open, paid and credited stays what was billed.
/// </summary>
public class ChargebackProperties
{
    private static readonly Guid InvoiceId = Ids.From("invoice", "1");

    private sealed record Step(int Kind, int Document, int Cents);

    private static readonly Arbitrary<Step[]> Stories = (
        from kind in Gen.Choose(0, 5)
        from document in Gen.Choose(0, 4)
        from cents in Gen.Choose(1, 40_000)
        select new Step(kind, document, cents)).ArrayOf().ToArbitrary();

    [Fact]
    public void I18_invoice_and_chargebacks_together_are_credited_by_no_more_than_was_billed() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Stories, story =>
        {
            var documents = new Dictionary<Guid, Invoice> { [InvoiceId] = Billed() };
            var ids = 0;
            foreach (var step in story)
            {
                Play(documents, step, () => Ids.From("id", $"{ids++}"));
                Holds(documents);
            }
        }));

    private static void Play(Dictionary<Guid, Invoice> documents, Step step, Func<Guid> nextId)
    {
        var (id, document) = documents.ElementAt(step.Document % documents.Count);
        var amount = Some.Usd(step.Cents / 100m);
        switch (step.Kind)
        {
            case 0:
                Take(InvoiceDecider.ApplyPayment(
                    document, new ApplyPayment(nextId(), Some.Receipt, 1, amount, Some.Today, "2400"), Some.Context));
                break;
            case 1 when !document.IsVoid && amount <= document.Creditable:
                var draft = CreditMemoDraft.OfGross(id, document, amount, Some.Context);
                var memoId = nextId();
                var credited = AdjustmentDecider.Credit(
                    document, new CreditSource(memoId, "CM", Some.Today), draft.Total,
                    Invoice.TaxesOf(draft.Lines, draft.Total.Currency));
                credited.Refusal.ShouldBeNull();
                Take(credited);
                var memo = CreditMemo.Evolve(CreditMemo.Initial, CreditMemoDecider.Issue(draft, "CM"));
                Take(new CreditSettlement(memoId, memo, Some.Context, nextId).Settle(id, documents[id]));
                break;
            case 2 or 3:
                var origin = new ChargebackOrigin(id, document.Issued!.Number, 1, "short");
                var (chargeback, _) = ChargebackDraft.Of(
                    document, new ChargeBack(origin, amount, null, Some.Usd(0)), CustomerStatus.Active, Some.Context);
                if (chargeback?.Issue(nextId(), "DM") is not ({ } issued, { } onInvoice))
                    break;
                documents[onInvoice.ChargebackId] = Invoice.Evolve(Invoice.Initial, issued);
                documents[id] = Invoice.Evolve(document, onInvoice);
                break;
            case 4 when document.Chargebacks.Keys.FirstOrDefault() is var taken && taken != default:
                if (ChargebackReversal.Of(document, taken, documents[taken], Some.Usd(0), Some.Context).Reversal
                    is not { } reversal)
                    break;
                documents[id] = Invoice.Evolve(document, reversal.OnInvoice);
                documents[taken] = Invoice.Evolve(documents[taken], reversal.OnChargeback);
                break;
            default:
                Take(AdjustmentDecider.WriteOff(document, nextId(), 1, amount, Some.Context));
                break;
        }

        void Take(Decision decision) => documents[id] = decision.Events.Aggregate(documents[id], Invoice.Evolve);
    }

    private static void Holds(Dictionary<Guid, Invoice> documents)
    {
        var (invoice, all) = (documents[InvoiceId], documents.Values.Where(one => !one.IsVoid).ToList());
        var usd = invoice.Currency;
        Money Sum(Func<Invoice, Money> part) => Money.Sum(all.Select(part), usd);

        // Each is owed once: what is open, settled and given up of all of them is what the invoice billed.
        (Sum(one => one.Balance) + Sum(one => one.Applied) - invoice.ChargedBack).ShouldBe(invoice.Issued!.Total);
        (Sum(one => one.Credited) + Sum(one => one.GivenUp)).ShouldBeLessThanOrEqualTo(invoice.Issued.Total);
        all.ShouldAllBe(one => !one.Balance.IsNegative && !one.Creditable.IsNegative);
        foreach (var billed in Invoice.TaxesOf(invoice.Issued.Lines, usd))
        {
            var credited = all.SelectMany(one => one.CreditedTaxes.Values).SelectMany(taxes => taxes)
                .Where(tax => (tax.TaxCode, tax.TaxRate) == (billed.TaxCode, billed.TaxRate)).ToList();
            Money.Sum(credited.Select(tax => tax.Net), usd).ShouldBeLessThanOrEqualTo(billed.Net);
            Money.Sum(credited.Select(tax => tax.Tax), usd).ShouldBeLessThanOrEqualTo(billed.Tax);
        }
    }

    private static Invoice Billed() => Invoice.Evolve(Invoice.Initial, InvoiceDecider.Issue(
        Invoice.Initial,
        Some.Draft(Some.Wish(
            Some.Line(3, 33.33m, 0.08m), Some.Line(1, 0.07m, 0.19m, account: "4100"), Some.Line(7, 14.21m, 0),
            Some.Line(1, 99.99m, 0.19m))),
        "INV-US01-2026-000001").Events[0]);
}
