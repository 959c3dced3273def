using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.Worklists;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>What the worklist says is to be done, and in which order.</summary>
public sealed class PlanningWork
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly WorkAmounts Owed = new(
        Some.Usd(100), Some.Usd(0), Some.Usd(0), Some.Usd(0), Some.Usd(0), Some.Usd(0), Some.Usd(0));

    private static readonly WorkFacts Facts = new(
        [Owed], 1, 10, null, null, null, true, [], 0, 0, 0, 0, false, false, null, 0.5m);

    private static readonly LastContact LongAgo = new(Now.AddDays(-8), "email", "sent");

    [Fact]
    public void where_nobody_may_call_it_is_said_what_to_do_instead()
    {
        var spoken = Facts with { LastContact = LongAgo };
        var silence = new Suppression("silence-after-conversation", "There was a conversation.", Now.AddDays(2));

        NextActions.For(spoken, Now).Code.ShouldBe("call");
        NextActions.For(spoken with { NoCall = silence }, Now).ShouldBe(
            new NextAction("wait", "Nobody may call before 2026-04-03. There was a conversation."));
        NextActions.For(spoken with { NoCall = silence }, Now.AddDays(2)).Code.ShouldBe("call");
        NextActions.For(spoken with { NoCall = new("opted-out", "They opted out.", null) }, Now).ShouldBe(
            new NextAction("write", "Nobody may call; write. They opted out."));
        NextActions.For(Facts with { HasRecipient = false, NoCall = silence }, Now).Text.ShouldNotContain("call");
    }

    /// <summary>A notice on day 10, a promise for day 11, broken on day 15: it is time to call.</summary>
    [Fact]
    public void a_promise_that_was_broken_since_the_last_contact_is_not_waited_for()
    {
        var broken = Facts with
        {
            LastContact = new LastContact(Now.AddDays(-5), "email", "sent"),
            BrokenPromises = 1,
            PromiseBrokenAt = Now.AddHours(-12),
        };

        NextActions.For(broken, Now).ShouldBe(
            new NextAction("call", "A promise was broken. Call and ask for a payment plan."));
        NextActions.For(broken with { LastContact = null }, Now).Code.ShouldBe("call");
        NextActions.For(broken with { LastContact = new LastContact(Now.AddHours(-1), "call", "spoke") }, Now).Code
            .ShouldBe("await-reply");
        NextActions.For(broken with { NoCall = new("opted-out", "No.", null) }, Now).Code.ShouldBe("write");
    }

    [Fact]
    public void nobody_is_told_to_call_who_must_not() => Prop.ForAll(
        Worlds.ToArbitrary(), facts =>
        {
            var next = NextActions.For(facts, Now);
            return facts.MayCall(Now)
                || (next.Code != "call" && !next.Text.Contains(": call", StringComparison.Ordinal)
                && !next.Text.Contains("call in the meantime", StringComparison.Ordinal)
                && (next.Code != "do-task"
                        || facts.Tasks.Any(task => task.Text == next.Text && task.Kind != "call")));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    /// <summary>COL-05: of each rule of contact but the hour of the day, and of all who might be called.</summary>
    [Fact]
    public void who_may_call_is_who_may_call_somebody_at_some_hour()
    {
        var (ana, bo) = (Person("Ana", "+15550100"), Person("Bo", "+15550101"));
        var rules = StandardPolicy.Contact with { SilenceDays = 14 };
        var optedOut = Evolve(ContactProfile.Initial, new ConsentStated(
            new ContactPoint("US01", Some.Id(), ContactChannel.Call, ana.Phone, null), false, new(2026, 3, 1), "call"));

        No(ContactProfile.Initial, ana).ShouldBeNull();
        No(optedOut, ana).ShouldBe("opted-out");
        No(optedOut, ana, bo).ShouldBeNull();
        No(optedOut, Person("Nobody", null)).ShouldBeNull();
        No(Talk(ContactProfile.Initial), ana, bo).ShouldBe("silence-after-conversation");
        No(Enumerable.Range(0, 7).Aggregate(ContactProfile.Initial, (profile, _) => Evolve(profile, Attempt())), ana)
            .ShouldBe("contact-cap");

        // A cap of each invoice leaves the others: whoever calls says what it is about.
        var (full, other) = (Some.Id(), Some.Id());
        rules = rules with { Caps = [new(CapScope.Invoice, null, 1, 7)] };
        var called = Evolve(ContactProfile.Initial, Attempt() with { InvoiceIds = [full] });
        No(called, ana).ShouldBe("contact-cap");
        About([full], called, ana).ShouldBe("contact-cap");
        About([full, other], called, ana).ShouldBeNull();

        // At four in the morning nobody calls; that the day goes on is no reason to plan something else.
        rules = rules with { QuietHours = [new(null, new(4, 0), new(4, 1), [])] };
        No(ContactProfile.Initial, ana).ShouldBeNull();

        string? No(ContactProfile profile, params Contact[] contacts) => About([], profile, contacts);

        string? About(Guid[] invoices, ContactProfile profile, params Contact[] contacts) => CallBook.NoCall(
            new ContactableCustomer(
                Some.Id(), "C", "Globex", "US01", "Acme", "UTC", "US", "en", contacts, []),
            profile, rules, Now, invoices)?.Rule;
    }

    [Fact]
    public void amounts_are_compared_by_rates_and_count_bare_without_one()
    {
        var rates = new EntityRates(Some.Dollar, new Dictionary<Currency, decimal> { [Currency.Of("EUR")] = 1.2345m });

        rates.Sum([Some.Usd(1), Money.Of(10, "EUR"), Money.Of(7, "JPY")]).ShouldBe(Some.Usd(20.35m));
        (rates.Knows(Some.Dollar), rates.Knows(Currency.Of("EUR")), rates.Knows(Currency.Of("JPY")))
            .ShouldBe((true, true, false));
        rates.Sum([]).ShouldBe(Some.Usd(0));
    }

    [Fact]
    public void what_is_covered_in_one_currency_is_not_in_another()
    {
        var euros = Owed with { Overdue = Money.Of(50, "EUR"), UnappliedCash = Money.Zero(Currency.Of("EUR")) };
        var paid = Owed with { UnappliedCash = Some.Usd(100) };

        (Facts with { Amounts = [paid] }).IsPaid.ShouldBeTrue();
        (Facts with { Amounts = [paid, euros with { LikelyCash = Money.Of(49, "EUR") }] }).IsLikelyPaid.ShouldBeFalse();
        (Facts with { Amounts = [Owed with { UnappliedCash = Some.Usd(40), LikelyCash = Some.Usd(60) }] })
            .IsLikelyPaid.ShouldBeTrue();
        (Facts with { Items = 0 }).IsPaid.ShouldBeFalse();
    }

    [Fact]
    public void weights_make_trouble_count()
    {
        var standard = StandardPolicy.Weights;
        Rank(Facts with { OldestDaysOverdue = 0 }, standard).ShouldBe(50m);
        Rank(Facts with { OldestDaysOverdue = 500 }, standard).ShouldBe(150m);
        Rank(Facts with { OldestDaysOverdue = 90, BrokenPromises = 9, IsOnCreditHold = true }, standard)
            .ShouldBe(50m * 2 * 2);
        Rank(Facts with { BrokenPromises = 9 }, standard with { Age = 0, BrokenPromise = 1, MostOfAKind = 5 })
            .ShouldBe(300m);
        var (risky, riskiest) = (Facts with { Risk = Risk("D") }, Facts with { Risk = Risk("E") });
        var plain = standard with { Age = 0 };
        (Rank(risky, plain), Rank(riskiest, plain), Rank(Facts with { Risk = Risk("A") }, plain))
            .ShouldBe((62.5m, 75m, 50m));
        Rank(riskiest, plain with { RiskClasses = null }).ShouldBe(75m);
        Rank(riskiest, plain with { RiskClasses = new Dictionary<string, decimal> { ["E"] = 2 } }).ShouldBe(150m);
        NextActions.Reasons(risky).ShouldContain("Credit puts it into class D (score 40).");

        static CustomerRisk Risk(string code) => new(code, 40, Now);
        static decimal Rank(WorkFacts facts, WorklistWeights weights) =>
            WorkRanking.Rank(facts, Some.Usd(100), weights);
    }

    [Fact]
    public void big_items_about_to_fall_due_are_those_the_policy_names()
    {
        var today = Some.DueDate;
        var policy = new PreDuePolicy(5, [Some.Usd(100)]);
        var (big, bigger) = (Some.Item(today, 100), Some.Item(today.AddDays(5), 300));
        ItemFacts[] items =
        [
            bigger, big, Some.Item(today, 99.99m), Some.Item(today.AddDays(6), 300), Some.Item(today.AddDays(-1), 80),
            big with { IsPromised = true }, big with { IsPlanned = true }, big with { IsPlaced = true },
            big with { DisputedAmount = Some.Usd(0.01m) }, big with { HeldAmount = Some.Usd(0.01m) },
            big with { Pending = Some.Usd(0.01m) }, big with { Balance = Money.Of(100, "EUR"), Pending = Euros(0) },
        ];

        var soon = Of(policy, 0)!;
        (soon.Items, soon.FirstDue).ShouldBe((2, today));
        soon.Amounts.ShouldBe([Some.Usd(400)]);
        Of(null, 0).ShouldBeNull();

        // What is past due takes the first of the money.
        Of(policy, 80)!.Amounts.ShouldBe([Some.Usd(400)]);
        Of(policy, 180)!.Amounts.ShouldBe([Some.Usd(300)]);
        Of(policy, 480).ShouldBeNull();

        PreDueWork? Of(PreDuePolicy? named, decimal cash) => PreDueWork.Of(
            named, items, new CustomerCash([Some.Usd(cash / 2)], [Some.Usd(cash / 2), Euros(7)]), today);

        static Money Euros(decimal amount) => Money.Of(amount, "EUR");
    }

    [Fact]
    public void what_is_about_to_fall_due_is_reminded_of_where_nothing_is_overdue()
    {
        var soon = Facts with { Amounts = [], Items = 0, PreDue = new([Some.Usd(400)], 2, new(2026, 4, 3)) };
        soon.HasOtherWork.ShouldBeTrue();

        NextActions.For(soon, Now).ShouldBe(new NextAction(
            "remind", "Remind of what falls due from 2026-04-03 on: call, or write ahead of it."));
        NextActions.For(soon with { NoCall = new("opted-out", "They opted out.", null) }, Now).ShouldBe(new NextAction(
            "remind", "Remind of what falls due from 2026-04-03 on in writing; nobody may call. They opted out."));
        NextActions.For(soon with { NoCall = new("contact-cap", "No.", Now.AddDays(1)) }, Now).Code.ShouldBe("wait");
        NextActions.For(soon with { LastContact = LongAgo, BrokenPromises = 1, PromiseBrokenAt = Now }, Now).Code
            .ShouldBe("remind");
        NextActions.For(soon with { LastContact = LongAgo with { At = Now.AddDays(-2) } }, Now).Code
            .ShouldBe("await-reply");
        NextActions.For(soon with { Items = 1, Amounts = [Owed] }, Now).Code.ShouldBe("send-notice");
        NextActions.Reasons(soon)[0].ShouldBe(
            "400.00 USD about to fall due on 2 big items, the first on 2026-04-03.");
        var weights = StandardPolicy.Weights;
        WorkRanking.Rank(soon, Some.Usd(0), weights, Some.Usd(400)).ShouldBe(200m);
        WorkRanking.Rank(Facts with { OldestDaysOverdue = 90 }, Some.Usd(100), weights, Some.Usd(400))
            .ShouldBe((200m + 400m) / 2);
    }

    private static Contact Person(string name, string? phone) => new(name, "accounts-payable", null, phone, null);

    private static ContactProfile Talk(ContactProfile profile) =>
        Evolve(profile, Attempt() with { Conversation = true });

    private static ContactAttempted Attempt() => new(
        new ContactPoint("US01", Some.Id(), ContactChannel.Email, "ana@globex.example", null), new(2026, 3, 31),
        Now.AddDays(-1), false, false, null, null);

    private static ContactProfile Evolve(ContactProfile profile, object e) => ContactProfile.Evolve(profile, e);

    private static readonly Gen<WorkFacts> Worlds =
        from status in Gen.Elements("none", "sent", "failed", "queued")
        from contacted in Gen.Elements(-1, 3, 8)
        from recipient in Gen.Elements(true, false)
        from broken in Gen.Choose(0, 1)
        from until in Gen.Elements(-1, 0, 1, 2)
        from kinds in Gen.Elements("call", "other").ArrayOf()
        from cash in Gen.Elements(0, 100)
        from items in Gen.Elements(0, 1)
        select Facts with
        {
            Items = items,
            PreDue = items == 0 ? new PreDueWork([Some.Usd(500)], 1, new(2026, 4, 3)) : null,
            LastNotice = status == "none" ? null : new LastNotice(new(2026, 3, 1), "final", status, null),
            LastStep = "final",
            LastContact = contacted < 0 ? null : new LastContact(Now.AddDays(-contacted), "email", "sent"),
            HasRecipient = recipient,
            BrokenPromises = broken,
            PromiseBrokenAt = broken > 0 ? Now.AddDays(-5) : null,
            Tasks = [.. kinds.Select((kind, at) => new OpenTask(Some.Id(), kind, $"{kind} {at}", new(2026, 4, 1)))],
            Amounts = [Owed with { UnappliedCash = Some.Usd(cash) }],
            NoCall = until switch
            {
                2 => null,
                1 => new Suppression("opted-out", "No.", null),
                _ => new Suppression("contact-cap", "No.", Now.AddDays(-until)),
            },
        };
}
