using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Integration;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;
using V1 = OrderToCash.Contracts.CashApplication.V1;

namespace OrderToCash.CashApplication.Tests.Integration;

public sealed class Publications_of_receipts
{
    [Fact]
    public void say_every_event_and_every_entry()
    {
        var past = Then(Recorded(null), receipt => ReceiptDecider.Request(
            receipt, ReceiptId, Customer, "allocation", Decided(Order(First, 60m), Order(Second, 10m)), Today));
        past = Then(past, receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(60m)));
        past = Then(past, receipt =>
            ReceiptDecider.Reject(receipt, ReceiptId, Second, Usd(10m), "exceeds-balance", "Paid.", InTime));
        past = Then(past, receipt => ReceiptDecider.Reverse(receipt, ReceiptId, "nsf", "R01", Today));
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(60m), InTime));
        Said(past).Select(contract => contract.GetType()).ShouldBe(
        [
            typeof(V1.ReceiptRecorded), typeof(V1.JournalEntryPosted), typeof(V1.ReceiptIdentified),
            typeof(V1.JournalEntryPosted),
            typeof(V1.AllocationRequested), typeof(V1.AllocationRequested), typeof(V1.AllocationConfirmed),
            typeof(V1.AllocationRejected), typeof(V1.ReceiptReversed), typeof(V1.JournalEntryPosted),
            typeof(V1.AllocationReversalRequested), typeof(V1.AllocationReversed),
        ]);
        var entries = Said(past).OfType<V1.JournalEntryPosted>().ToArray();
        entries.ShouldAllBe(entry =>
            entry.Lines.Sum(line => line.Debit.Amount) == entry.Lines.Sum(line => line.Credit.Amount));
        entries.Select(entry => entry.EntryId).Distinct().Count().ShouldBe(3);
        entries.SelectMany(entry => entry.Lines).GroupBy(line => line.Account)
            .ShouldAllBe(account => account.Sum(line => line.Debit.Amount - line.Credit.Amount) == 0);
    }

    [Fact]
    public void carry_the_balance_after_each_event()
    {
        var request = Said(Recorded(Customer, Order(First, 60m))).OfType<V1.AllocationRequested>().Single();
        request.Balance.Unapplied.Amount.ShouldBe(40m);
        request.Balance.Pending.Amount.ShouldBe(60m);
        request.Balance.Status.ShouldBe("unapplied");
        request.CustomerId.ShouldBe(Customer);
        request.ReceiptId.ShouldBe(ReceiptId);
    }

    /// <summary>D-40: what is applied late was paid when it counts at the bank, and the message says so.</summary>
    [Fact]
    public void d40_say_when_the_money_came_and_not_when_it_was_applied()
    {
        var late = Today.AddDays(20);
        var past = Then(Recorded(null), receipt => ReceiptDecider.Request(
            receipt, ReceiptId, Customer, "allocation", Decided(Order(First, 60m)), late));
        var valueDate = Command().ValueDate;
        valueDate.ShouldBeLessThan(Today);
        Said(past).OfType<V1.AllocationRequested>().Single().ValueDate.ShouldBe(valueDate);
        Said(past).OfType<V1.JournalEntryPosted>().Select(entry => (entry.ValueDate, entry.PostingDate))
            .ShouldBe([(valueDate, Today), (valueDate, late)]);
    }

    /// <summary>A notice without a balance is no statement that is in.</summary>
    [Fact]
    public void say_which_bank_accounts_there_are_and_which_statements_are_in()
    {
        var (import, day) = (Ids.From("import", "1"), new DateOnly(2026, 10, 31));
        var booked = new StatementBooked("US01-A", import, "ST-1", "7", "ab", Usd(70m), day, Usd(20m), day);

        Said(
        [
            new BankAccountDefined("US01-A", "US01", "USD", null, "123", null, "1000"), booked,
            booked with { Closing = null, Opening = null }, booked with { LastDay = null },
        ]).ShouldBe(
        [
            new V1.BankAccountDefined("US01-A", "US01", "USD"),
            new V1.StatementBooked(
                "US01-A", import, "ST-1", day, day, new Contracts.MoneyAmount(20m, "USD"),
                new Contracts.MoneyAmount(70m, "USD")),
        ]);
    }

    private static object[] Said(object[] past)
    {
        var publications = CashPublications.Create();
        return
        [
            .. past.SelectMany((fact, index) => publications.Of(new StoredEvent
            {
                Id = Ids.From("event", index.ToString()),
                StreamId = ReceiptId,
                Version = index + 1,
                Type = "any",
                Data = fact,
                At = DateTimeOffset.UnixEpoch,
                Metadata = new EventMetadata("test"),
            })).Select(message => message.Contract),
        ];
    }
}
