using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Handshake.Tests;

/// <summary>
/// CASH-04: a payer deducts its cash discount and takes a credit memo off the same invoice. What cash application asks
/// for is what Invoicing allows.
/// </summary>
public sealed class Discounts_beside_credit_memos
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly Guid InvoiceId = Ids.From("discount", "invoice");
    private static readonly Guid MemoId = Ids.From("discount", "memo");

    private static readonly BillingAccount Account = new(
        Ids.From("discount", "customer"), "USD", "2/10 NET 30", TaxRounding.Line,
        new Books("US01", "USD", "America/Chicago", LedgerAccounts.Standard));

    [Fact]
    public void are_asked_for_and_applied_together()
    {
        var invoice = Issued();
        var line = Matched(invoice);
        (line.Amount, line.Discount, line.Credits?.Single().Amount).ShouldBe((Usd(880m), Usd(20m), Usd(100m)));
        var applied = Apply(invoice, line, Today);
        applied.OnInvoice.OfType<PaymentApplied>().ShouldHaveSingleItem().Item.Balance.ShouldBe(Usd(0m));
        applied.OnMemos.ShouldHaveSingleItem().MemoId.ShouldBe(MemoId);
    }

    /// <summary>No more than the rate of all that is settled, and nothing once the day is over.</summary>
    [Fact]
    public void are_refused_where_they_are_not_earned()
    {
        var invoice = Issued();
        var line = Matched(invoice);
        Refused(line with { Amount = Usd(879.99m), Discount = Usd(20.01m) }, Today);
        Refused(line, Today.AddDays(11));

        void Refused(MatchLine asked, DateOnly paid)
        {
            var refused = Apply(invoice, asked, paid);
            refused.OnInvoice.ShouldHaveSingleItem().ShouldBeOfType<PaymentApplicationRejected>().Code
                .ShouldBe("discount-not-earned");
            refused.OnMemos.ShouldBeEmpty();
        }
    }

    /// <summary>What cash application makes of the payer's advice.</summary>
    private static MatchLine Matched(Invoice invoice)
    {
        var item = invoice.ItemWith(1, invoice.Balance);
        var payment = new Payment(Usd(880m), "Globex", null, [], null, Today, Documents:
        [
            new RemittanceLine(item.InvoiceNumber, "IV", Usd(980m), null, Usd(20m), []),
            new RemittanceLine("CM-1", "CM", Usd(-100m), null, null, []),
        ]);
        return Matcher.Match(
            payment,
            new MatchFacts(
                [
                    new Candidate(
                        InvoiceId, 1, item.InvoiceNumber, item.CustomerId, item.DueDate, item.Balance,
                        new OfferedDiscount(item.Discount!.Rate, item.Discount.LastDay)),
                ],
                [new CustomerCandidate(item.CustomerId, "CUST-1", "Globex")], [],
                credits: [new OpenCredit(MemoId, "CM-1", item.CustomerId, null, Usd(100m))]),
            MatchSettings.Of(MatchPolicy.Default)).Suggestions[0].Lines.ShouldHaveSingleItem();
    }

    private static CreditedPayment Apply(Invoice invoice, MatchLine line, DateOnly valueDate)
    {
        var (draft, refusal) = CreditMemoDraft.Of(
            new IssueCreditMemo(Account.CustomerId, CreditReason.Goodwill,
                [new IssueInvoiceLine("Goodwill", 1, 100, 0, 0, null, null)]),
            Account, null, Now);
        refusal.ShouldBeNull();
        var memo = CreditMemo.Evolve(CreditMemo.Initial, CreditMemoDecider.Issue(draft!, "CM-1"));
        return CreditedPayment.Apply(
            InvoiceId, invoice,
            new ApplyPayment(
                Ids.From("discount", "allocation"), Ids.From("discount", "receipt"), 1, line.Amount, valueDate, "2400",
                line.Discount),
            [.. line.Credits!.Select(part => new CreditTakenOff(MemoId, memo, part.Amount))],
            new HashSet<Guid> { Account.CustomerId }, new PostingContext(Now, AccountingCalendar.Initial));
    }

    private static Invoice Issued()
    {
        var (draft, refusal) = InvoiceDraft.Of(
            new IssueInvoice(Account.CustomerId, [new IssueInvoiceLine("Widget", 1, 1000, 0, 0, null, null)], Today),
            Account, Now);
        refusal.ShouldBeNull();
        return Invoice.Evolve(Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, draft!, "INV-1001").Events[0]);
    }

    private static Money Usd(decimal amount) => World.Usd(amount);
}
