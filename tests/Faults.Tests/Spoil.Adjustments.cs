using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Tests;

internal sealed partial record Spoil
{
    private static IEnumerable<Spoil> OfCreditMemos()
    {
        const string conserved = "credit memos are conserved at every event";
        yield return new(conserved, "one says that more is open than is", facts => facts with
        {
            MemoEvents = Changed(
                facts.MemoEvents, e => e.OpenAfter is not null, e => e with { OpenAfter = e.OpenAfter + Cent }),
        });
        yield return new(conserved, "more of one is applied than it is", facts => facts with
        {
            MemoEvents = Changed(
                facts.MemoEvents, e => e.Type == "credit_memo_applied",
                e => e with { Amount = 1_000_000, OpenAfter = null }),
        });
        yield return new(conserved, "its row is off by a cent", facts => facts with
        {
            Memos = Changed(facts.Memos, _ => true, row => row with { Open = row.Open + Cent }),
        });
        yield return new(conserved, "a movement of one is missing in the subledger", facts => facts with
        {
            Subledger = Changed(
                facts.Subledger, row => row.Invoice == facts.Memos[0].Memo, row => row with { Sum = row.Sum + Cent }),
        });
        const string agree = "both sides of every applied credit agree";
        yield return new(agree, "an invoice does not know of it", facts => facts with
        {
            AppliedCredits = Without(facts.AppliedCredits, IsLastOnItsInvoice(facts)),
        });
        yield return new(agree, "a credit memo does not know of it", facts => facts with
        {
            MemoEvents = Without(facts.MemoEvents, IsLastOfItsApplication(facts)),
        });
        yield return new(agree, "it is of another amount", facts => facts with
        {
            AppliedCredits = Changed(
                facts.AppliedCredits, IsLastOnItsInvoice(facts), e => e with { Amount = e.Amount + Cent }),
        });
        const string invoices = "invoices are conserved at every event (I-02)";
        yield return new(invoices, "a credit settles more than its balance says", facts => facts with
        {
            InvoiceEvents = Changed(
                facts.InvoiceEvents, e => e.Type == "credit_applied", e => e with { Amount = e.Amount + Cent }),
        });
    }

    private static IEnumerable<Spoil> OfCorrections()
    {
        const string pairs = "what is corrected is credited whole and billed anew, once";
        yield return new(pairs, "nothing took its place", facts => facts with
        {
            Billed = Without(facts.Billed, row => row.Corrects is not null),
        });
        yield return new(pairs, "it was billed anew twice", facts => facts with
        {
            Billed = Twice(facts.Billed, row => row.Corrects is not null, row => row with { Invoice = Some }),
        });
        yield return new(pairs, "it was not credited", facts => facts with
        {
            MemoEvents = Without(facts.MemoEvents, e => e.Reason == "Correction"),
        });
        yield return new(pairs, "not all of it was credited", facts => facts with
        {
            MemoEvents = Changed(
                facts.MemoEvents, e => e.Reason == "Correction", e => e with { Amount = e.Amount - Cent }),
        });
        yield return new(pairs, "it was corrected twice", facts => facts with
        {
            Corrections = Twice(facts.Corrections, _ => true, one => one with { Replacement = Some }),
        });
        yield return new(pairs, "it does not know of it", facts => facts with
        {
            Corrections = Without(facts.Corrections, _ => true),
        });
    }

    private static IEnumerable<Spoil> OfCreditsTakenOff()
    {
        const string together = "credits taken off are applied with their payment or not at all";
        yield return new(together, "a payment came without its credit", facts => facts with
        {
            CreditsBesidePayments = Without(facts.CreditsBesidePayments, _ => true),
        });
        yield return new(together, "a payment came with a credit that nobody took off", facts => facts with
        {
            CreditsAsked = Without(
                facts.CreditsAsked, credit => facts.CreditsBesidePayments.Any(
                    one => (one.Allocation, one.Memo) == (credit.Allocation, credit.Memo))),
        });
        yield return new(together, "a credit is of another amount than was asked for", facts => facts with
        {
            CreditsBesidePayments = Changed(
                facts.CreditsBesidePayments, _ => true, credit => credit with { Amount = credit.Amount + Cent }),
        });
        yield return new(together, "the invoice does not know of the credit", facts => facts with
        {
            AppliedCredits =
            [
                .. facts.AppliedCredits.Where(e => facts.CreditsBesidePayments[0] is var one
                    && (one.Invoice, one.Memo) != (e.Invoice, e.Memo)),
            ],
        });
    }

    private static Func<MemoEvent, bool> IsLastOfItsApplication(SystemFacts facts) => e => e.Application is { } one
        && facts.MemoEvents.Where(other => other.Application == one).MaxBy(other => other.Version) == e;

    private static Func<AppliedCredit, bool> IsLastOnItsInvoice(SystemFacts facts) => e =>
        facts.AppliedCredits.Where(other => other.Application == e.Application).MaxBy(other => other.Version) == e;

    private static IEnumerable<Spoil> OfFees()
    {
        const string once = "every fee of a notice is charged once";
        yield return new(once, "one is not charged", facts => facts with
        {
            FeesAnswered = Without(facts.FeesAnswered, _ => true),
        });
        yield return new(once, "one is charged twice", facts => facts with
        {
            FeesAnswered = Twice(facts.FeesAnswered, _ => true, answer => answer with { Document = Some }),
        });
        yield return new(once, "one is asked for twice", facts => facts with
        {
            FeesAsked = Twice(facts.FeesAsked, _ => true, fee => fee),
        });
        yield return new(once, "more is charged than the notice says", facts => facts with
        {
            Billed = Changed(facts.Billed, row => row.IsDebitMemo, row => row with { Total = row.Total + Cent }),
        });
        yield return new(once, "one is charged without a notice", facts => facts with
        {
            Billed = Twice(facts.Billed, row => row.IsDebitMemo, row => row with { Invoice = Some }),
        });
    }

    /// <summary>The last report of an order of which not all is billed by the customer's exposure.</summary>
    private static Func<CreditEvent, bool> IsUnbilled(SystemFacts facts)
    {
        var ordered = facts.Billed.Where(row => row.OrderId is not null).Select(row => row.OrderId).ToHashSet();
        return e => e is { Delivered: > 0 } && !ordered.Contains(e.OrderId)
            && facts.CreditEvents.Where(other => other.OrderId == e.OrderId && other.Delivered is not null)
                .MaxBy(other => other.Version) == e;
    }
}
