using System.Collections.Immutable;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>An invoice in another currency bills of its order what it comes to by the rate of its day.</summary>
public sealed class BillingInAnotherCurrency
{
    private static readonly Guid Memo = Ids.From("memo", "1");
    private static readonly DecisionFacts Rated = At(1.10m);

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
    public void without_a_rate_it_counts_beside_its_order_until_there_is_one()
    {
        var old = At(1.10m, Today.AddDays(-Facts.Policy.Policy.Exposure.RateDays - 1));
        foreach (var facts in new[] { null, Facts, old })
        {
            var account = Account(Billed(60, 60, facts), Credited(10, version: 1));
            account.ExposureIn(account.Currency).ShouldBe(Exposure(orders: 110));

            account = After(account, Billed(60, 40, Rated, version: 2));
            account.ExposureIn(account.Currency).ShouldBe(Exposure(orders: 55));
        }
    }

    [Fact]
    public void an_amount_that_nobody_can_tell_in_the_orders_currency_releases_nothing() =>
        Account(Billed(900_000_000_000_000m, 1, At(1_000_000_000m)))
            .ExposureIn(Currency.Of("USD")).ShouldBe(Exposure(orders: 110));

    private static DecisionFacts At(decimal rate, DateOnly? day = null) => Facts with
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
