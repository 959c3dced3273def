using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>
/// I-14: nothing is asked for unless what is left of it is above the tolerance, its due day has ended where it is owed,
/// and it is not disputed, held, promised, planned, handed over, on its way, or covered by money that has come or by
/// credit memos; and never more than those leave. Both when it is planned and when it is sent, in zones from −11 to
/// +14.
/// </summary>
public sealed class DunningAroundTheWorld
{
    private static readonly DateOnly First = new(2026, 3, 1);

    private static readonly PlaybookDefined Tolerant = Some.Standard with { Tolerances = [Some.Usd(0.02m)] };

    [Fact]
    public void i14_what_is_planned_is_what_may_be_asked_for_where_it_is_owed() =>
        Prop.ForAll(World.Worlds.ToArbitrary(), world =>
        {
            var plan = Plan(world);
            var due = world.Due;
            if (due.Count == 0)
                return plan is null;
            return plan is not null
                && plan.Items.ToDictionary(item => item.InvoiceId, item => (item.StepOffset, item.Balance))
                    .OrderBy(item => item.Key).SequenceEqual(due.OrderBy(item => item.Key))
                && plan.BlockedBy == (world.Hold is { } hold ? Code(hold)
                    : world.BlockOf(due.Values.Sum(item => item.Asked.Amount)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void i14_what_is_sent_is_what_may_be_asked_for_at_that_moment() =>
        Prop.ForAll(World.Changes.ToArbitrary(), change =>
        {
            var (then, now, hours) = change;
            if (Plan(then) is not { } plan)
                return true;
            var notice = Notice.Evolve(Notice.Initial, new NoticePrepared(
                new NoticeContent(
                    Some.Id(), "US01", Some.Id(), First, plan.Step.Code, plan.Channel, "ap@globex.example", plan.Items,
                    plan.Totals)
                {
                    Deductions = plan.Deductions,
                },
                null));
            var reason = NoticeDecider.Overtaken(
                notice, TimeSpan.FromHours(hours),
                (invoice, _) => now.Left(invoice) is { } left ? Some.Item() with { Balance = left } : null, now.InBank,
                now.Hold is { } hold ? [hold] : []);
            var mayBe = hours <= 24
                && now.Hold != HoldKind.DunningBlock
                && plan.Items.All(item => now.Left(item.InvoiceId) == item.Balance && item.Balance.IsPositive)
                && now.BlockOf(plan.Totals[0].Amount) is null
                && now.TakenOff(plan.Totals[0].Amount) == then.TakenOff(plan.Totals[0].Amount);
            var (asked, total) = (plan.Asked[0].Amount, plan.Totals[0].Amount);
            return reason is null == mayBe
                && (reason is not null || asked == total - ((now.Credit + now.Cash) / 100m));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    private static string Code(HoldKind hold) => Json.NameOf(hold);

    private static PlannedNotice? Plan(World world)
    {
        var customer = Some.Customer([.. world.Debts.Select((debt, index) => debt.As(World.Id(index)))]) with
        {
            OnHold = world.Hold is { } hold ? Code(hold) : null,
            Cash = world.InBank,
        };
        return DunningPlanner.Plan(world.Now.DateIn(world.Zone), Tolerant, [customer]).SingleOrDefault();
    }

    /// <summary>What is owed and known at a moment somewhere.</summary>
    private sealed record World(
        string Zone, DateTimeOffset Now, Debt[] Debts, HoldKind? Hold, int Cash, int Credit, int Likely)
    {
        private static readonly string[] Zones =
        [
            "Pacific/Pago_Pago", "Pacific/Honolulu", "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo",
            "UTC", "Europe/Paris", "Africa/Cairo", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham",
            "Pacific/Kiritimati",
        ];

        private static readonly Gen<HoldKind?> Holds = Gen.Frequency(
            (4, Gen.Constant((HoldKind?)null)),
            (1, Gen.Elements(Enum.GetValues<HoldKind>()).Select(kind => (HoldKind?)kind)));

        private static readonly Gen<int> Moneys = Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 40)));

        public static readonly Gen<World> Worlds =
            from zone in Gen.Elements(Zones)
            from minutes in Gen.Choose(0, 60 * 24 * 60)
            from debts in Debt.Debts.ArrayOf()
            from hold in Holds
            from cash in Moneys
            from credit in Moneys
            from likely in Moneys
            select new World(
                zone, new DateTimeOffset(First, TimeOnly.MinValue, TimeSpan.Zero).AddMinutes(minutes), debts, hold,
                cash, credit, likely);

        /// <summary>A world, what has become of it when the mail is to leave, and the hours in between.</summary>
        public static readonly Gen<(World Then, World Now, int Hours)> Changes =
            from then in Worlds
            from other in Debt.Debts.ArrayOf(then.Debts.Length)
            from stays in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false))).ArrayOf(then.Debts.Length)
            from hold in Holds
            from cash in Gen.Frequency((1, Gen.Constant(then.Cash)), (1, Moneys))
            from credit in Gen.Frequency((1, Gen.Constant(then.Credit)), (1, Moneys))
            from likely in Moneys
            from hours in Gen.Choose(0, 30)
            select (
                then,
                then with
                {
                    Hold = hold,
                    Cash = cash,
                    Credit = credit,
                    Likely = likely,
                    Debts = [.. then.Debts.Select((debt, index) => stays[index] ? debt : other[index])],
                },
                hours);

        /// <summary>By invoice: the step it is due for on the wall clock there, and what is asked for.</summary>
        public Dictionary<Guid, (int Step, Money Asked)> Due
        {
            get
            {
                var wall = TimeZoneInfo.ConvertTime(Now, TimeZoneInfo.FindSystemTimeZoneById(Zone)).DateTime;
                var due = new Dictionary<Guid, (int, Money)>();
                for (var index = 0; index < Debts.Length; index++)
                {
                    var debt = Debts[index];
                    foreach (var offset in new[] { -3, 1, 10, 20 })
                    {
                        if (debt.Left > 2 && wall >= debt.DueDate.AddDays(offset).ToDateTime(TimeOnly.MinValue))
                            due[Id(index)] = (offset, Some.Usd(debt.Left / 100m));
                    }
                }

                return due;
            }
        }

        public static Guid Id(int index) => Ids.From("world", index.ToString("D", null));

        public Money? Left(Guid invoice) => Debts.Select((debt, index) => (Id: Id(index), debt.Left))
            .Where(one => one.Id == invoice).Select(one => (Money?)Some.Usd(one.Left / 100m)).SingleOrDefault();

        public CustomerCash InBank => new([Some.Usd(Cash / 100m)], [Some.Usd(Likely / 100m)])
        {
            Credits = [Some.Usd(Credit / 100m)],
        };

        public string? BlockOf(decimal total) => Cash / 100m >= total ? Blocks.UnappliedCashCovers
            : (Cash + Credit) / 100m >= total ? Blocks.OpenCreditCovers
            : (Cash + Credit + Likely) / 100m >= total ? Blocks.UnmatchedCashCovers
            : null;

        /// <summary>Credit memos and money, as far as they reach.</summary>
        public (decimal Credit, decimal Cash) TakenOff(decimal total)
        {
            var credit = Math.Min(Credit / 100m, total);
            return (credit, Math.Min(Cash / 100m, total - credit));
        }
    }

    /// <summary>An item in cents, and what there is about it.</summary>
    private sealed record Debt(
        int DueOn, int Cents, int Paid, int Pending, int Disputed, int Held, bool Promised, bool Planned, bool Placed)
    {
        private static readonly Gen<int> Parts = Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 12)));

        private static readonly Gen<bool> Rarely = Gen.Frequency((7, Gen.Constant(false)), (1, Gen.Constant(true)));

        public static readonly Gen<Debt> Debts =
            from due in Gen.Choose(0, 60)
            from cents in Gen.Choose(1, 20)
            from paid in Parts
            from pending in Parts
            from disputed in Parts
            from held in Parts
            from promised in Rarely
            from planned in Rarely
            from placed in Rarely
            select new Debt(
                due, cents, Math.Min(paid, cents), pending, disputed, held, promised, planned, placed);

        public DateOnly DueDate => First.AddDays(DueOn);

        /// <summary>Cents that may be asked for.</summary>
        public int Left
        {
            get
            {
                if (Promised || Planned || Placed)
                    return 0;
                var open = Cents - Paid;
                return Math.Max(open - Pending - Math.Min(Disputed, open) - Math.Min(Held, open), 0);
            }
        }

        public ItemFacts As(Guid id) => new(
            id, 1, "INV", DueDate, Some.Usd(Cents / 100m), Some.Usd((Cents - Paid) / 100m), Some.Usd(Pending / 100m),
            [], null, Promised, 0, 1, Planned, Some.Usd(Disputed / 100m), Some.Usd(Held / 100m), Placed);
    }
}
