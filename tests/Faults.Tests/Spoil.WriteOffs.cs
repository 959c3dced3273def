using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Tests;

internal sealed partial record Spoil
{
    private static IEnumerable<Spoil> OfWriteOffs()
    {
        const string once = "what is given up is given up once";
        yield return new(once, "an invoice is given up twice by one decision", facts => facts with
        {
            GivenUp = Twice(facts.GivenUp, IsOf("invoicing"), one => one),
        });
        yield return new(once, "a rest of a receipt is", facts => facts with
        {
            GivenUp = Twice(facts.GivenUp, IsOf("cash-application"), one => one),
        });
        yield return new(once, "more is recovered than was given up", facts => facts with
        {
            GivenUp = Twice(
                facts.GivenUp, IsOf("invoicing"),
                one => one with { Version = one.Version + 1_000, IsTakenBack = true, Amount = 1_000_000 }),
        });
        const string runs = "write-off runs deal with each rest once, as they say";
        yield return new(runs, "a run dealt with a rest twice", facts => facts with
        {
            RunOutcomes = Twice(facts.RunOutcomes, _ => true, one => one),
        });
        yield return new(runs, "a run forgot a rest", facts => facts with
        {
            RunOutcomes = Without(facts.RunOutcomes, _ => true),
        });
        yield return new(runs, "a rest is not given up although its run says so", facts => facts with
        {
            GivenUp = Without(facts.GivenUp, one => one.Run is not null),
        });
        yield return new(runs, "a rest is given up although its run left it", facts => facts with
        {
            RunOutcomes = Changed(facts.RunOutcomes, one => one.IsGivenUp, one => one with { IsGivenUp = false }),
        });
        yield return new(runs, "another amount is given up than the run was asked for", facts => facts with
        {
            GivenUp = Changed(
                facts.GivenUp, one => one.Run is not null, one => one with { Amount = one.Amount + Cent }),
        });
        yield return new(runs, "a run gives up what it is not about", facts => facts with
        {
            GivenUp = Changed(facts.GivenUp, one => one.Run is not null, one => one with { Document = Some }),
        });
        const string booked = "the allowance has paid for what is given up of invoices";
        yield return new(booked, "a cent of it is not booked", facts => facts with
        {
            GivenUp = Changed(facts.GivenUp, IsOf("invoicing"), one => one with { Amount = one.Amount + Cent }),
        });
        yield return new(booked, "an entry is missing", facts => facts with
        {
            Journal = Without(facts.Journal, line => line.Role == "allowance"),
        });
        yield return new("invoices are conserved at every event (I-02)", "more is given up than is owed", facts =>
            facts with
            {
                InvoiceEvents = Changed(
                    facts.InvoiceEvents, e => e.Type == "written_off",
                    e => e with { Amount = 1_000_000, BalanceAfter = null }),
            });
        yield return new("receipts are conserved at every event (I-01)", "a rest is given up and still there", facts =>
            facts with
            {
                ReceiptEvents = Changed(
                    facts.ReceiptEvents, e => e.Type == "rest_written_off",
                    e => e with { Unapplied = e.Unapplied + e.WrittenOff, WrittenOff = 0 }),
            });
    }

    private static Func<GivenUp, bool> IsOf(string service) => one => one.Service == service && !one.IsTakenBack;
}
