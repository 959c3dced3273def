using System.Collections.Immutable;
using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>An invoice in another currency bills of its order what it comes to by the rate of its day.</summary>
public sealed class BillingInAnotherCurrency
{
    private static readonly Guid Memo = Ids.From("memo", "1");
    private static readonly DecisionFacts Rated = At(1.10m);

    /// <summary>As long as an older instance may run beside this one.</summary>
    private static readonly DecisionFacts Off = Rated with { Policy = Facts.Policy };

    [Fact]
    public void what_it_comes_to_is_reserved_no_longer()
    {
        var account = Account(Billed(60, 60, Rated));

        account.ExposureIn(Currency.Of("EUR")).OpenReceivables.ShouldBe(Eur(60));
        account.ExposureIn(account.Currency).ShouldBe(Exposure(orders: 44));
        account.BilledOf("SO-1", account.Currency).ShouldBe(Usd(66));
        Billed(60, 60, Rated)(account).Events.ShouldBeEmpty("twice is once");
    }

    [Fact]
    public void it_is_given_back_by_the_rate_that_it_was_taken_by()
    {
        var account = Account(Billed(60, 60, Rated), Credited(10, version: 1), Credited(20, version: 2));
        account.ExposureIn(account.Currency).ShouldBe(Exposure(orders: 66));

        account = After(account, Billed(0, 0, At(1.30m), version: 2));
        account.ExposureIn(account.Currency).ShouldBe(Exposure(orders: 110));
        account.BilledOf("SO-1", account.Currency).ShouldBe(Usd(0));
    }

    [Fact]
    public void more_than_the_order_leaves_nothing_reserved_and_the_rest_may_be_billed_in_its_own_currency()
    {
        var over = Account(Billed(101, 101, Rated));
        over.ExposureIn(over.Currency).ShouldBe(Exposure());

        var both = Account(Billed(60, 60, Rated), account => ExposureDecider.RecordReceivables(
            account, [Reported(44, 44, "SO-1", invoiceId: Ids.From("invoice", "2"))], Rated));
        both.ExposureIn(both.Currency).ShouldBe(Exposure(receivables: 44));
    }

    [Fact]
    public void what_is_delivered_is_billed_too_and_out_again_once_it_is_credited()
    {
        var account = Account(
            now => CreditDecider.Deliver(now, "SO-1", Usd(110)), Billed(60, 60, Rated));
        account.ExposureIn(account.Currency).ShouldBe(Exposure() with { UnbilledDeliveries = Usd(44) });

        // The last day of the order is over: nothing is reserved again, but what is out is.
        account = After(account, now => ExposureDecider.NoteCredit(
            now, Invoice, Memo, Eur(60), 1, Today.AddDays(181)));
        account.ExposureIn(account.Currency).ShouldBe(Exposure() with { UnbilledDeliveries = Usd(110) });
    }

    [Fact]
    public void an_order_whose_last_day_is_over_reserves_nothing_again() =>
        After(Account(Billed(100, 100, Rated)), now => ExposureDecider.NoteCredit(
                now, Invoice, Memo, Eur(60), 1, Today.AddDays(181)))
            .ExposureIn(Currency.Of("USD")).ShouldBe(Exposure());

    [Fact]
    public void without_a_rate_or_a_policy_that_says_so_it_counts_beside_its_order_until_there_is()
    {
        var old = At(1.10m, Today.AddDays(-Facts.Policy.Policy.Exposure.RateDays - 1));
        foreach (var facts in new[] { null, old, Off, With(OtherCurrencies) })
        {
            var account = Account(Billed(60, 60, facts), Credited(10, version: 1));
            account.ExposureIn(account.Currency).ShouldBe(Exposure(orders: 110));

            account = After(account, Billed(60, 40, Rated, version: 2));
            account.ExposureIn(account.Currency).ShouldBe(Exposure(orders: 55));
        }
    }

    /// <summary>
    /// An older instance takes an invoice in another currency for none of the order: it moves what is delivered as if
    /// all of it were unbilled, and gives nothing back of a void.
    /// </summary>
    [Fact]
    public void nothing_that_an_older_instance_records_makes_room_while_the_policy_leaves_it_out()
    {
        var heard = Account(Billed(60, 60, Off));
        var delivered = Account(now => CreditDecider.Deliver(now, "SO-1", Usd(110)), Billed(60, 60, Off));

        var goodsBack = new DeliveryRecorded(
            "SO-1", Usd(0), Usd(110), delivered.ExposureIn(delivered.Currency)
                .MoveDelivery(Usd(110), Usd(0)).MoveOrder(Usd(0), Usd(110)));
        Evolved(delivered, goodsBack).ShouldBe(Exposure(orders: 110));

        var billedThere = Receivable(
            60, 60, delivered.ExposureIn(delivered.Currency).MoveDelivery(Usd(110), Usd(50)), "SO-1",
            invoiceId: Ids.From("invoice", "2"));
        Evolved(delivered, billedThere).ShouldBe(Exposure(receivables: 60) with { UnbilledDeliveries = Usd(50) });

        var voided = new ReceivableRecorded(
            Invoice, 1, "INV-US01-2026-000001", "SO-1", Eur(0), Eur(0), 2, new Exposure(Eur(0), Eur(0), Eur(0)));
        Evolved(heard, voided).ShouldBe(Exposure(orders: 110));

        static Exposure Evolved(CreditAccount account, object e) =>
            CreditAccount.Evolve(account, e).ExposureIn(account.Currency);
    }

    [Fact]
    public void what_has_counted_by_a_rate_goes_on_to_once_the_policy_leaves_it_out_again() =>
        After(Account(Billed(60, 60, Rated)), Billed(0, 0, Off, version: 2))
            .ExposureIn(Currency.Of("USD")).ShouldBe(Exposure(orders: 110));

    [Fact]
    public void an_amount_that_nobody_can_tell_in_the_orders_currency_releases_nothing() =>
        Account(Billed(900_000_000_000_000m, 1, At(1_000_000_000m)))
            .ExposureIn(Currency.Of("USD")).ShouldBe(Exposure(orders: 110));

    private static CreditPolicy OtherCurrencies(CreditPolicy policy) =>
        policy with { Exposure = policy.Exposure with { OtherCurrencies = true } };

    private static DecisionFacts At(decimal rate, DateOnly? day = null) => With(OtherCurrencies) with
    {
        Rates = new DayRates(
            Currency.Of("USD"),
            ImmutableDictionary<Currency, DatedRate>.Empty.Add(
                Currency.Of("EUR"), new DatedRate(rate, day ?? Today))),
    };

    private static Func<CreditAccount, Decision> Billed(
        decimal amount, decimal balance, DecisionFacts? facts, long version = 1) =>
        account => ExposureDecider.RecordReceivables(
            account, [Reported(0, 0, "SO-1", version) with { Billed = Eur(amount), Balance = Eur(balance) }], facts);

    private static Func<CreditAccount, Decision> Credited(decimal amount, long version) =>
        account => ExposureDecider.NoteCredit(account, Invoice, Memo, Eur(amount), version, Today);

    /// <summary>An account with an approved order of 110 after these.</summary>
    private static CreditAccount Account(params Func<CreditAccount, Decision>[] steps)
    {
        object[] past = [Opened, Limit(1_000), Approved("SO-1", 110, Exposure(), 1_000)];
        return After(past.Aggregate(CreditAccount.Initial, CreditAccount.Evolve), steps);
    }

    private static CreditAccount After(CreditAccount account, params Func<CreditAccount, Decision>[] steps) =>
        steps.Aggregate(account, (now, step) => step(now).Events.Aggregate(now, CreditAccount.Evolve));
}
