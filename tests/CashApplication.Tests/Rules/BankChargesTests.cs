using OrderToCash.CashApplication.Integration;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;
using V1 = OrderToCash.Contracts.CashApplication.V1;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>What banks keep of a wire and tell is borne where the policy says so, and closes its invoice.</summary>
public sealed class Bank_charges
{
    private static readonly MatchPolicy Shared = MatchPolicy.Default with
    {
        BankCharges = new BorneCharges([ChargeBearer.Shared], new Tolerance([Usd(20m)], 5m)),
    };

    private static readonly Payment Wire = Pay(985m, "INV-1001") with
    {
        Charges = new BankCharges(Usd(15m), ChargeBearer.Shared),
    };

    private static readonly Candidate[] Open = [Item("INV-1001", 1000m)];

    [Fact]
    public void close_the_invoice_that_was_paid_in_full()
    {
        var chosen = Match(Wire, Open, Shared).Chosen.ShouldNotBeNull();
        var line = chosen.Lines.ShouldHaveSingleItem();
        (line.Amount, line.Charges, line.Settled).ShouldBe((Usd(985m), Usd(15m), Usd(1000m)));
        chosen.Reasons.ShouldContain("The amount is its balance of 1000.00 USD. Of what was sent the bank tells " +
            "charges of 15.00 USD (SHA), which we bear.");
    }

    /// <summary>Nothing is borne before somebody says so, nor of other payments, nor more than is said.</summary>
    [Fact]
    public void stay_open_where_the_policy_does_not_bear_them()
    {
        MatchPolicy[] policies =
        [
            MatchPolicy.Default, Bearing([ChargeBearer.Payer, ChargeBearer.Payee, ChargeBearer.Untold], 20m, 5m),
            Bearing([ChargeBearer.Shared], 14.99m, 5m), Bearing([ChargeBearer.Shared], 20m, 1.49m),
        ];
        foreach (var policy in policies)
        {
            var line = Match(Wire, Open, policy).Chosen.ShouldNotBeNull().Lines.ShouldHaveSingleItem();
            (line.Charges, line.Settled).ShouldBe((null, Usd(985m)));
        }

        static MatchPolicy Bearing(ChargeBearer[] of, decimal amount, decimal percent) => MatchPolicy.Default with
        {
            BankCharges = new BorneCharges(of, new Tolerance([Usd(amount)], percent)),
        };
    }

    /// <summary>What is told beside a payment that came in full was charged elsewhere.</summary>
    [Fact]
    public void are_not_taken_of_what_came_in_full() =>
        Match(Wire with { Amount = Usd(1000m) }, Open, Shared).Chosen.ShouldNotBeNull().Lines.ShouldHaveSingleItem()
            .Charges.ShouldBeNull();

    [Fact]
    public void stand_beside_an_earned_discount_and_are_borne_by_the_largest_item()
    {
        var discount = new OfferedDiscount(0.02m, Due);
        var several = new[] { Item("INV-1001", 300m), Item("INV-1002", 700m) with { Discount = discount } };
        var lines = Match(
            Wire with { Amount = Usd(971m), Remittance = ["INV-1001 INV-1002"] }, several, Shared)
            .Chosen.ShouldNotBeNull().Lines.OrderBy(line => line.InvoiceNumber).ToArray();
        lines.Select(line => (line.Amount, line.Discount, line.Charges, line.Settled)).ShouldBe(
        [
            (Usd(300m), null, null, Usd(300m)), (Usd(671m), Usd(14m), Usd(15m), Usd(700m)),
        ]);
    }

    /// <summary>The rules of a customer's rule set, and an advice of what was sent, see the payment whole.</summary>
    [Fact]
    public void are_seen_by_rules_and_advices()
    {
        Match(Wire with { Remittance = [] }, Open, Shared).Suggestions.ShouldHaveSingleItem()
            .Lines.ShouldHaveSingleItem().Charges.ShouldBe(Usd(15m));
        var advice = new WaitingRemittance(Ids.From("test", "advice"), Globex, new RemittanceAdvice
        {
            Format = "json",
            Ordinal = 1,
            Line = 1,
            Amount = Usd(1000m),
            Lines =
            [
                new RemittanceLine("INV-1001", null, Usd(600m), null, null, []),
                new RemittanceLine("INV-1002", null, Usd(400m), null, null, []),
            ],
        });
        var facts = new MatchFacts(
            [Item("INV-1001", 600m), Item("INV-1002", 400m)], Both,
            [new KnownPayer(PayerTrait.Account, Account, Globex)], [advice]);
        var chosen = Matcher.Match(Wire with { Remittance = [] }, facts, MatchSettings.Of(Shared))
            .Chosen.ShouldNotBeNull();
        chosen.RemittanceId.ShouldBe(advice.RemittanceId);
        chosen.Lines.Select(line => (line.Amount, line.Charges))
            .ShouldBe([(Usd(585m), Usd(15m)), (Usd(400m), null)]);
    }

    [Fact]
    public void are_bounded_by_what_may_be_defined()
    {
        Define(Shared.BankCharges!).IsRefused.ShouldBeFalse();
        Define(new BorneCharges([], new Tolerance([], 1m))).Refusal!.Field.ShouldBe("/bankCharges");
        Define(Shared.BankCharges! with { UpTo = new Tolerance([Usd(1m)], 10.1m) }).IsRefused.ShouldBeTrue();

        static Decision Define(BorneCharges borne) => CashPolicyDecider.Define(
            CashPolicies.Initial, "US01", MatchPolicy.Default with { BankCharges = borne });
    }

    /// <summary>
    /// Invoicing gives them up as a small difference; from there they go to their account on the same day, and back.
    /// </summary>
    [Fact]
    public void go_from_small_differences_to_their_account_and_back()
    {
        var asked = Asked();
        var request = Said(asked).OfType<V1.AllocationRequested>().ShouldHaveSingleItem();
        (request.Amount.Amount, request.Difference!.Amount).ShouldBe((85m, 15m));
        StateOf(asked).ChargesLeft.ShouldBeNull();
        var day = Today.AddDays(2);
        var confirmed = Then(asked, receipt => ReceiptDecider.Confirm(
            receipt, ReceiptId, First, Usd(85m), givenUp: new GivenUp(Usd(15m), day)));
        var entry = confirmed.OfType<AllocationConfirmed>().ShouldHaveSingleItem().Charges.ShouldNotBeNull();
        (entry.Kind, entry.PostingDate).ShouldBe(("bank-charges", day));
        entry.Lines.Select(line => (line.Account, line.Debit, line.Credit))
            .ShouldBe([("6860", Usd(15m), Usd(0m)), ("4920", Usd(0m), Usd(15m))]);

        var back = Then(confirmed, receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [First], "wrong"));
        back = Then(back, receipt => ReceiptDecider.ConfirmReversal(
            receipt, ReceiptId, First, Usd(85m), InTime, owedAgain: new GivenUp(Usd(15m), day.AddDays(1))));
        var reversed = back.OfType<AllocationReversed>().ShouldHaveSingleItem().Charges.ShouldNotBeNull();
        (reversed.Kind, reversed.PostingDate).ShouldBe(("bank-charges-reversed", day.AddDays(1)));
        var entries = Said(back).OfType<V1.JournalEntryPosted>().ToArray();
        entries.Select(one => one.EntryId).Distinct().Count().ShouldBe(entries.Length);
        entries.SelectMany(one => one.Lines).Where(line => line.Account is "6860" or "4920")
            .GroupBy(line => line.Account)
            .ShouldAllBe(account => account.Sum(line => line.Debit.Amount - line.Credit.Amount) == 0);
        StateOf(back).ChargesLeft.ShouldBe(new BankCharges(Usd(15m), ChargeBearer.Shared));
        Spec.Given(back).When(receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(85m), InTime))
            .ThenNothing();
    }

    /// <summary>The invoice's books may name another account than the receipt's, and be in another currency.</summary>
    [Fact]
    public void leave_the_account_that_invoicing_gave_them_up_on_for_what_they_are_worth_there()
    {
        var told = new GivenUp(Usd(15m), Today, "4930", Money.Of(13.31m, "EUR"));
        var confirmed = Then(Asked(), receipt => ReceiptDecider.Confirm(
            receipt, ReceiptId, First, Usd(85m), givenUp: told));
        var back = Then(confirmed, receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [First], "wrong"));
        back = Then(back, receipt => ReceiptDecider.ConfirmReversal(
            receipt, ReceiptId, First, Usd(85m), InTime,
            owedAgain: told with { Account = null, Worth = Money.Of(13.30m, "EUR") }));
        var entries = Said(back).OfType<V1.JournalEntryPosted>()
            .Where(entry => entry.Kind.StartsWith("bank-charges", StringComparison.Ordinal)).ToArray();
        entries.Select(entry => string.Join(", ", entry.Lines.Select(line =>
            $"{line.Account} {line.Debit.Amount - line.Credit.Amount:0.00} " +
            $"({line.BaseDebit!.Amount - line.BaseCredit!.Amount:0.00} {line.BaseDebit.Currency})"))).ShouldBe(
            ["6860 15.00 (13.31 EUR), 4930 -15.00 (-13.31 EUR)", "6860 -15.00 (-13.30 EUR), 4930 15.00 (13.30 EUR)"]);
        new GivenUp(Usd(20m), Today, "4930", Money.Of(10m, "EUR")).WorthOf(Usd(15m)).ShouldBe(Money.Of(7.50m, "EUR"));
    }

    /// <summary>The bank takes a part back: what stays applied settles with it what we bear, once.</summary>
    [Fact]
    public void stay_with_the_rest_of_a_payment_that_is_taken_back_in_part()
    {
        var past = Then(Asked(), receipt => ReceiptDecider.Confirm(
            receipt, ReceiptId, First, Usd(85m), givenUp: new GivenUp(Usd(15m), Today)));
        past = Then(past, receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId, new PartialReversal(Ids.From("test", "part"), Usd(10m), "return"), InTime));
        past = Then(past, receipt => ReceiptDecider.ConfirmReversal(
            receipt, ReceiptId, First, Usd(85m), InTime, owedAgain: new GivenUp(Usd(15m), Today)));
        var rest = past.OfType<AllocationsRequested>().Last().Allocations.ShouldHaveSingleItem();
        (rest.Amount, rest.Charges).ShouldBe((Usd(75m), Usd(15m)));
        StateOf(past).ChargesLeft.ShouldBeNull();

        var full = Then(past, receipt => ReceiptDecider.Reject(
            receipt, ReceiptId, rest.AllocationId, rest.Amount, "exceeds-balance", "Too much.", InTime));
        var alone = full.OfType<AllocationsRequested>().Last().Allocations.ShouldHaveSingleItem();
        (alone.Amount, alone.Charges).ShouldBe((Usd(75m), null));
    }

    /// <summary>An instance that does not know them asks for the money alone: then nothing of them is booked.</summary>
    [Fact]
    public void are_not_booked_where_invoicing_did_not_give_them_up()
    {
        var confirmed = Then(Asked(), receipt => ReceiptDecider.Confirm(receipt, ReceiptId, First, Usd(85m)));
        confirmed.OfType<AllocationConfirmed>().ShouldHaveSingleItem().Charges.ShouldBeNull();
        var back = Then(confirmed, receipt => ReceiptDecider.Unapply(receipt, ReceiptId, [First], "wrong"));
        back = Then(back, receipt => ReceiptDecider.ConfirmReversal(receipt, ReceiptId, First, Usd(85m), InTime));
        back.OfType<AllocationReversed>().ShouldHaveSingleItem().Charges.ShouldBeNull();
    }

    /// <summary>A receipt of 85.00 of which banks kept 15.00, asked for with them.</summary>
    private static object[] Asked() =>
    [
        .. ReceiptDecider.Record(
            Receipt.Initial,
            Command(85m, Customer) with
            {
                Accounts = Accounts with { BankCharges = "6860" },
                Charges = new BankCharges(Usd(15m), ChargeBearer.Shared),
            },
            Decided(Order(First, 85m) with { Charges = Usd(15m) })).Events,
    ];

    private static object[] Said(object[] past)
    {
        var publications = CashPublications.Create();
        return
        [
            .. past.SelectMany((fact, index) => publications.Of(new StoredEvent
            {
                Id = Ids.From("event", $"{index}"),
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
