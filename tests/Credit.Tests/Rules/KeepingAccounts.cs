using System.Reflection;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Credit.Policies;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>
/// A snapshot of an account is the account: nothing that it holds is lost, and nothing is decided otherwise.
/// </summary>
public sealed class KeepingAccounts
{
    private const int Cases = 100;

    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly JsonSerializerOptions Whole = new(Json.Stored) { IncludeFields = true };

    /// <summary>A history after which every member of the account holds something.</summary>
    private static readonly object[] Everything =
    [
        Opened, Known, new GroupsAssigned([Id("head")]), Limit(1_000, Today.AddDays(9)),
        new TemporaryLimitSet(Usd(50), Today, Today.AddDays(3)),
        Received(Reported(40, 40, "SO-1", 1, dueDate: Today.AddDays(-4), disputed: 5)),
        Received(Reported(40, 30, "SO-1", 2, dueDate: Today.AddDays(-4), disputed: 5) with { On = Today }),
        new DuplicateAbsorbed(
            Id("duplicate"), [Exposure(7)], 3, [new UnsettledPart(Today, Usd(1), Usd(2))],
            [new HoldPlaced(Id("listed"), "sanctions", "x", ByRule: false, null)],
            [new DuePart(Today.AddDays(-9), Usd(7))], Today.AddDays(-20), Dunned: 2),
        new DuplicateReleased(Id("other"), 2),
        new InvoiceCreditNoted(Invoice, Id("memo"), Usd(3), 1, Exposure(30)),
        new DepositUseNoted(Invoice, Usd(20), 1, Exposure(30)),
        new OpenCreditRecorded(Id("memo"), Usd(3), 1, Exposure(30)),
        new OrderHeld("SO-2", Usd(9), [new OrderReason("over-limit", "x")], Exposure(30), Usd(0), Basis: Basis),
        new OrderReleaseRequested("SO-2", Id("approval")),
        new OrderApproved("SO-1", Usd(60), Usd(20), Exposure(30, 20), Usd(0), "NET 10", Today.AddDays(8),
            Today.AddDays(90), Basis, CheckPoint.Pick, [new OrderReason("warned", "x")]),
        new DeliveryRecorded("SO-1", Usd(50), Usd(10), Exposure(30, 10), Stored(Opened).At),
        new HoldPlaced(Id("hold"), "manual", "x", ByRule: false, Today),
        new HoldPlaced(Id("rule"), "past-due", "x", ByRule: true, null),
        new HoldReleased(Id("rule"), "past-due", Today),
        new PaymentTakenBack(Id("receipt"), Invoice, 1, Today),
        Received(Reported(9, 0, invoiceId: Id("paid")) with { On = Today }),
        new ItemsDunned("first", [new InstallmentKey(Invoice, 1)]), new ItemsDunned("next", [new(Invoice, 1)]),
        new CoverRegistered(Id("cover"), "insurance", "Atradius", "P-1", Usd(30), 90, Today, null),
        new RiskAssessed(71, "B", 1, "rescoring", null, 60, "A", IsWorse: true),
        Settling(5),
    ];

    [Fact]
    public void every_member_of_an_account_is_kept()
    {
        var (before, after) = (Members(CreditAccount.Initial), Members(Fold(Everything)));

        after.Keys.ShouldBe(
            typeof(CreditAccount).GetProperties(Any).Where(member => member.SetMethod is not null)
                .Select(member => member.Name).Order(StringComparer.Ordinal),
            ignoreOrder: true, "a member of the account is not in its snapshot");
        after.Where(member => member.Value == before[member.Key]).Select(member => member.Key)
            .ShouldBeEmpty("the history says nothing of these");
        Members(Kept(Fold(Everything))).ShouldBe(after);
    }

    /// <summary>
    /// At every step of random histories: what was kept after the step before and has gone on from there is the same
    /// account, and decides the same.
    /// </summary>
    [Fact]
    public void an_account_that_goes_on_from_its_snapshot_is_the_one_that_was_folded_from_its_first_event()
    {
        var steps = from kind in Gen.Choose(0, Steps.Length - 1)
                    from a in Gen.Choose(0, 4)
                    from b in Gen.Choose(0, 6)
                    select (kind, a, b);
        var property = Prop.ForAll(steps.ListOf().ToArbitrary(), Holds);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(60), property);
    }

    [Fact]
    public void what_is_worked_out_from_it_is_the_same()
    {
        var account = Fold(Everything);

        CreditPosition.Of(Kept(account), Facts).Counted.ShouldBe(CreditPosition.Of(account, Facts).Counted);
        Kept(account).LastPayment.ShouldBe(account.LastPayment);
        Kept(account).Overdue(0, Today).ShouldBe(account.Overdue(0, Today));
        Kept(account).UnsettledOn(Today, account.Currency).ShouldBe(account.UnsettledOn(Today, account.Currency));
    }

    private static readonly DecisionFacts Rated = With(policy => policy with
    {
        Exposure = policy.Exposure with { OtherCurrencies = true },
    }) with
    {
        Rates = Facts.Rates with
        {
            ByCurrency = Facts.Rates.ByCurrency.Add(Currency.Of("EUR"), new DatedRate(1.08765m, Today)),
        },
    };

    private static readonly Func<CreditAccount, int, int, Decision>[] Steps =
    [
        (now, a, b) => CreditDecider.Check(
            Customer, now, new OrderWish(Order(a), Usd(10 * (b + 1)), null, a > 2 ? Today.AddDays(b) : null), Facts),
        (now, a, _) => CreditDecider.Recheck(Customer, now, Order(a), Facts),
        (now, a, _) => CreditDecider.Release(Customer, now, Order(a), null, Facts),
        (now, a, _) => CreditDecider.Decline(now, Order(a), Facts),
        (now, a, _) => CreditDecider.Cancel(now, Order(a), Facts),
        (now, a, b) => CreditDecider.Deliver(
            now, Order(a), Usd(b * 10), b > 3 ? Stored(Opened).At.AddHours(b) : null),
        (now, a, b) => CreditDecider.Expire(now, Order(a), Facts with { Today = Today.AddDays(b * 60) }),
        (now, a, b) => LimitDecider.Set(now, Usd(a * 60), b > 3 ? Today.AddDays(b) : null, Today),
        (now, a, b) => LimitDecider.SetTemporary(now, Usd(a * 70), Today.AddDays(a), Today.AddDays(a + b), Today),
        (now, _, _) => LimitDecider.WithdrawTemporary(now),
        (now, a, b) => ExposureDecider.RecordReceivables(now, [Item(a, b)]),
        (now, a, b) => ExposureDecider.RecordReceivables(now, [Item(a, b)]),
        (now, a, b) => ExposureDecider.RecordReceivables(now, [Foreign(a, b)], Rated),
        (now, a, b) => ExposureDecider.TakeBack(now, Item(a, b), Id($"receipt {b % 3}"), Today.AddDays(b)),
        (now, a, b) => ExposureDecider.Dun(
            now, $"step {b % 3}", [new InstallmentKey(Id($"invoice {a}"), 1)], isNews: b % 2 == 0),
        (now, a, b) => ExposureDecider.NoteCredit(now, Id($"invoice {a}"), Id($"memo {b % 2}"), Usd(b), b, Today),
        (now, a, b) => ExposureDecider.NoteDeposit(now, Id($"invoice {a}"), Usd(b * 3), b, Today),
        (now, a, b) => ExposureDecider.RecordCredit(now, Id($"memo {a}"), Usd(b), b),
        (now, a, b) => ExposureDecider.RecordUnappliedCash(now, Id($"receipt {a % 3}"), Usd(b * 4), b, gone: Usd(b)),
        (now, a, b) => ExposureDecider.Pay(
            now, Id($"receipt {a % 3}"), Usd(b - 3), new Booking(Today.AddDays(a), b > 2 ? Today.AddDays(b) : null)),
        (now, a, b) => ExposureDecider.Open(
            now, Opened, Known with { Segment = $"segment {a}", SourceVersion = b, ParentId = Id($"{b}") }),
        (now, a, b) => HoldDecider.Place(
            now, new HoldPlaced(Id($"hold {a}"), b > 3 ? "manual" : "fraud", "x", b == 2, Today.AddDays(b)), Today),
        (now, a, b) => HoldDecider.Release(now, Id($"hold {a}"), b > 3 ? Today.AddDays(b) : null, Facts),
        (now, _, b) => HoldDecider.Apply(Customer, now, Facts with { Today = Today.AddDays(b) }),
        (now, a, b) => LimitDecider.Register(
            now, new CoverRegistered(Id($"cover {a}"), "guarantee", "x", "x", Usd(b + 1), 80, Today, null), Today),
        (now, a, b) => LimitDecider.End(now, Id($"cover {a}"), Today.AddDays(b)),
        (now, a, b) => MergeDecider.Absorb(
            now, Id($"duplicate {a % 2}"), Fold([Opened, Received(Item(a, b)), Settling(b)]), b, Today),
        (now, a, b) => MergeDecider.Release(now, Id($"duplicate {a % 2}"), b),
        (_, a, b) => Decision.Of(new GroupsAssigned([Id($"group {a}"), Id($"group {b}")])),
        (_, a, b) => Decision.Of(new RiskAssessed(a * b, "C", 1, "review", Id($"{a}"), b, null)),
    ];

    private static bool Holds(IList<(int Kind, int A, int B)> steps)
    {
        var (folded, kept) = (Fold([Opened, Known]), Kept(Fold([Opened, Known])));
        foreach (var (kind, a, b) in steps)
        {
            var (one, other) = (Steps[kind](folded, a, b), Steps[kind](kept, a, b));
            if (Text(one) != Text(other))
                return false;
            folded = one.Events.Aggregate(folded, CreditAccount.Evolve);
            kept = Kept(one.Events.Aggregate(kept, CreditAccount.Evolve));
            if (!CreditAccount.Snapshot.Write(folded).SequenceEqual(CreditAccount.Snapshot.Write(kept)))
                return false;
        }

        return true;
    }

    private static string Text(Decision decision) => string.Join(
        '\n', decision.Events.Select(e => $"{e.GetType().Name} {JsonSerializer.Serialize(e, e.GetType(), Json.Stored)}")
            .Append($"{decision.Refusal}"));

    private static CreditAccount Fold(IReadOnlyList<object> events) =>
        events.Aggregate(CreditAccount.Initial, CreditAccount.Evolve);

    private static CreditAccount Kept(CreditAccount account) =>
        CreditAccount.Snapshot.Read(CreditAccount.Snapshot.Write(account));

    private static ReportedReceivable Item(int invoice, int version) => Reported(
        30, 30 - (version * 4), invoice == 0 ? null : Order(invoice), version, Id($"invoice {invoice}"),
        dueDate: invoice == 1 ? null : Today.AddDays(invoice - 3), disputed: version % 2 == 1 ? 2 : null) with
    {
        On = Today.AddDays(version),
    };

    private static ReportedReceivable Foreign(int invoice, int version) => Item(invoice, version) with
    {
        InvoiceId = Id($"foreign {invoice}"),
        Billed = Eur(version == 6 ? 0 : 7),
        Balance = Eur(7 - version),
        Disputed = null,
    };

    private static ReceivableRecorded Received(ReportedReceivable item) => new(
        item.InvoiceId, item.Installment, item.InvoiceNumber, item.OrderId, item.Billed, item.Balance,
        item.SourceVersion, Exposure(item.Balance.Amount), item.DueDate, item.Disputed, item.On);

    private static UnappliedCashRecorded Settling(int days) => new(
        Id("receipt"), Usd(5), 2, Exposure(30, 10, 5), Usd(4), new Booking(Today, Today.AddDays(days)), Usd(1));

    private static string Order(int number) => $"SO-{number % 3}";

    private static Guid Id(string name) => Ids.From("kept", name);

    /// <summary>What the snapshot has of each member, as text.</summary>
    private static Dictionary<string, string> Members(CreditAccount account)
    {
        var content = typeof(CreditAccount).GetProperty("Content", Any)!.GetValue(account)!;
        return content.GetType().GetProperties().ToDictionary(
            member => member.Name,
            member => JsonSerializer.Serialize(member.GetValue(content), member.PropertyType, Whole));
    }
}
