using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>I-11: what an invoice bills of its order is billed once, whatever becomes of the invoice.</summary>
public sealed class BillingOrders
{
    private static readonly Guid Memo = Ids.From("memo", "1");
    private static readonly Guid Again = Ids.From("invoice", "2");

    [Fact]
    public void an_invoice_that_is_credited_and_billed_again_bills_its_part_of_the_order_once() =>
        Spec.Given(Opened, Limit(100), Approved("SO-1", 100, Exposure(), 100))
            .When(account => All(
                account,
                Billed(40, 40), Billed(40, 0, version: 2),
                Credited(40), Billed(40, 40, invoice: Again)))
            .ThenState(account =>
            {
                account.BilledOf("SO-1", account.Currency).ShouldBe(Usd(40));
                account.ExposureIn(account.Currency).ShouldBe(Exposure(receivables: 40, orders: 60));
                Check("SO-2", 1)(account).Events.ShouldHaveSingleItem().ShouldBeOfType<OrderHeld>();
            });

    [Fact]
    public void whatever_is_heard_of_first_it_comes_to_the_same()
    {
        Func<CreditAccount, Decision>[] steps =
            [Billed(40, 40), Billed(40, 10, version: 2), Credited(30), Credited(0, version: 2)];
        var inOrder = Account(steps);
        foreach (var order in new[] { "3210", "2031", "1302", "0321" })
        {
            var account = Account([.. order.Select(index => steps[index - '0'])]);
            account.ExposureIn(account.Currency).ShouldBe(inOrder.ExposureIn(account.Currency), order);
            account.BilledOf("SO-1", account.Currency).ShouldBe(Usd(40), order);
        }
    }

    [Fact]
    public void a_credit_memo_is_noted_once_and_one_for_an_invoice_without_order_never()
    {
        var account = Account(Billed(40, 40), Credited(40));
        Credited(40)(account).Events.ShouldBeEmpty();
        Credited(30)(account).Events.ShouldBeEmpty("the same version says the same");
        var without = Account(now => ExposureDecider.RecordReceivables(now, [Reported(40, 40)]));
        Credited(40)(without).Events.ShouldBeEmpty();
    }

    [Fact]
    public void what_invoices_take_of_a_deposit_is_billed_by_them_alone()
    {
        var deposit = Ids.From("invoice", "deposit");
        var account = Account(Billed(30, 0, invoice: deposit), Deposit(30, 1), Billed(50, 50));
        account.ExposureIn(account.Currency).ShouldBe(Exposure(receivables: 50, orders: 20));

        account = After(account, Deposit(0, 3), Deposit(10, 2), Billed(50, 20, version: 2));
        account.ExposureIn(account.Currency).ShouldBe(Exposure(receivables: 20, orders: 50));
        account = After(account, Deposit(30, 4), Billed(50, 50, version: 3));
        account.ExposureIn(account.Currency).ShouldBe(Exposure(receivables: 50, orders: 20));

        Func<CreditAccount, Decision> Deposit(decimal unused, long version) =>
            now => ExposureDecider.NoteDeposit(now, deposit, Usd(unused), version, Today);
    }

    [Fact]
    public void goods_that_are_out_and_credited_are_unbilled_until_they_are_told_to_be_back()
    {
        var account = Account(
            now => CreditDecider.Deliver(now, "SO-1", Usd(100)), Billed(100, 100), Billed(100, 70, version: 2),
            Credited(30));
        account.ExposureIn(account.Currency)
            .ShouldBe(Exposure(receivables: 70) with { UnbilledDeliveries = Usd(30) });
        account = After(account, now => CreditDecider.Deliver(now, "SO-1", Usd(70)));
        account.ExposureIn(account.Currency).ShouldBe(Exposure(receivables: 70, orders: 30));
    }

    [Fact]
    public void an_order_whose_last_day_is_over_reserves_nothing_again()
    {
        var account = Account(Billed(100, 100));
        var late = Today.AddDays(181);
        ExposureDecider.NoteCredit(account, Invoice, Memo, Usd(30), 1, late).Events.ShouldHaveSingleItem()
            .ShouldBeOfType<InvoiceCreditNoted>();
        ExposureDecider.NoteCredit(account, Invoice, Memo, Usd(30), 1, late.AddDays(-1)).Events.Count.ShouldBe(2);
    }

    private static Func<CreditAccount, Decision> Billed(
        decimal amount, decimal balance, long version = 1, Guid? invoice = null) =>
        account => ExposureDecider.RecordReceivables(
            account, [Reported(amount, balance, "SO-1", version, invoice)]);

    private static Func<CreditAccount, Decision> Credited(decimal amount, long version = 1) =>
        account => ExposureDecider.NoteCredit(account, Invoice, Memo, Usd(amount), version, Today);

    private static Decision All(CreditAccount account, params Func<CreditAccount, Decision>[] steps)
    {
        var events = new List<object>();
        foreach (var step in steps)
        {
            var decided = step(account).Events;
            events.AddRange(decided);
            account = decided.Aggregate(account, CreditAccount.Evolve);
        }

        return Decision.Of(events);
    }

    /// <summary>An account with an approved order of 100 after these.</summary>
    private static CreditAccount Account(params Func<CreditAccount, Decision>[] steps)
    {
        object[] past = [Opened, Limit(100), Approved("SO-1", 100, Exposure(), 100)];
        return After(past.Aggregate(CreditAccount.Initial, CreditAccount.Evolve), steps);
    }

    private static CreditAccount After(CreditAccount account, params Func<CreditAccount, Decision>[] steps) =>
        All(account, steps).Events.Aggregate(account, CreditAccount.Evolve);
}
