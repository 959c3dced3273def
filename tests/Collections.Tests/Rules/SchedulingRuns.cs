using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class SchedulingRuns
{
    private static readonly DateOnly Wednesday = new(2026, 4, 1);

    private static readonly DunningSchedule AtEight = new(new TimeOnly(8, 0), true, "standard", Wednesday);

    private static readonly DeciderSpec<CollectionPolicy> Spec =
        new(CollectionPolicy.Initial, CollectionPolicy.Evolve);

    [Theory]
    [InlineData("2026-04-01T07:59:59", false)]
    [InlineData("2026-04-01T08:00:00", true)]
    [InlineData("2026-04-01T23:59:59", true)]
    [InlineData("2026-03-31T12:00:00", false)]
    [InlineData("2026-04-02T12:00:00", false)]
    [InlineData("2026-04-04T12:00:00", false)]
    [InlineData("2026-04-06T12:00:00", true)]
    public void a_run_is_due_from_its_time_on_where_people_work_that_day(string local, bool isDue)
    {
        var days = WorkingDays.Weekdays with { Holidays = [new DateOnly(2026, 4, 2)] };
        var moment = DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture);

        AtEight.IsDueAt(moment, days).ShouldBe(isDue);
        (AtEight with { WorkingDaysOnly = false }).IsDueAt(moment, days)
            .ShouldBe(moment.TimeOfDay >= TimeSpan.FromHours(8) && DateOnly.FromDateTime(moment) >= Wednesday);
    }

    [Fact]
    public void laying_a_schedule_down_sends_nothing_at_once_and_laying_it_down_again_leaves_no_day_out()
    {
        DunningSchedule.FirstDay(new DateTime(2026, 4, 1, 7, 59, 0), AtEight.At).ShouldBe(Wednesday);
        DunningSchedule.FirstDay(new DateTime(2026, 4, 1, 8, 0, 0), AtEight.At).ShouldBe(Wednesday.AddDays(1));
        var policy = StandardPolicy.For("US01") with { Dunning = AtEight };
        var later = AtEight with { At = new TimeOnly(16, 0), Since = Wednesday.AddDays(9) };

        Spec.Given(policy).When(p => CollectionPolicyDecider.Define(p, policy with { Dunning = later }))
            .Then(policy with { Dunning = later with { Since = Wednesday } });
        Spec.Given(policy)
            .When(p => CollectionPolicyDecider.Define(
                p, policy with { Dunning = AtEight with { Since = later.Since } }))
            .ThenNothing();
        Spec.Given(policy, StandardPolicy.For("US01"))
            .When(p => CollectionPolicyDecider.Define(p, policy with { Dunning = later }))
            .Then(policy with { Dunning = later });
    }

    /// <summary>
    /// Looked for at any moments, as instances come and go: a day on which anybody looked after its time has one run,
    /// the others none, also where clocks are put forward over that time or back over it.
    /// </summary>
    [Fact]
    public void each_day_has_its_run_once_wherever_clocks_are_put_forward_or_back() => Prop.ForAll(
        Looks.ToArbitrary(), looks =>
        {
            var (zone, at, moments) = looks;
            var schedule = new DunningSchedule(at, false, "standard", DateOnly.MinValue);
            var runs = DunningRuns.Initial;
            var made = new List<DateOnly>();
            foreach (var moment in moments.Order())
            {
                var local = LocalTime.Of(moment, zone);
                var day = DateOnly.FromDateTime(local);
                if (!schedule.IsDueAt(local, WorkingDays.Weekdays) || runs.LastByClock >= day)
                    continue;
                runs = DunningRuns.Evolve(
                    runs, new DunningRunStarted(Guid.Empty, "US01", day, "standard", 1, ByClock: true));
                made.Add(day);
            }

            var expected = moments.Select(moment => LocalTime.Of(moment, zone))
                .Where(local => TimeOnly.FromDateTime(local) >= at).Select(DateOnly.FromDateTime).Distinct().Order();
            return made.SequenceEqual(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void a_run_of_a_person_is_none_of_the_clocks()
    {
        var done = new DunningRunDone(Guid.Empty, "US01", Wednesday, "standard", 1, []);

        var runs = DunningRuns.Evolve(DunningRuns.Initial, done);

        (runs.LastDate, runs.LastByClock).ShouldBe((Wednesday, null));
        runs = DunningRuns.Evolve(runs, done with { Date = Wednesday.AddDays(-1), ByClock = true });
        (runs.LastDate, runs.LastByClock).ShouldBe((Wednesday, Wednesday.AddDays(-1)));
    }

    [Fact]
    public void one_run_of_a_legal_entity_is_under_way_at_most()
    {
        var started = new DunningRunStarted(Some.Id(), "US01", Wednesday, "standard", 1, ByClock: true);

        var runs = DunningRuns.Evolve(DunningRuns.Initial, started);

        (runs.UnderWay, runs.LastByClock).ShouldBe((started.RunId, Wednesday));
        DunningRuns.Evolve(runs, new DunningRunFinished(started.RunId, 7)).UnderWay.ShouldBeNull();
        var run = new object[]
        {
            new DunningRunAdvanced(started.RunId, Some.Id(), 5),
            new DunningRunAdvanced(started.RunId, started.RunId, 2),
        }.Aggregate(DunningRun.Initial, DunningRun.Evolve);
        (run.Parts, run.Notices, run.Reached).ShouldBe((2, 7, started.RunId));
    }

    /// <summary>Days around which clocks are changed in some of these zones.</summary>
    private static readonly Gen<(string Zone, TimeOnly At, DateTimeOffset[] Moments)> Looks =
        from zone in Gen.Elements(
            "America/New_York", "Europe/Madrid", "Pacific/Kiritimati", "Pacific/Niue", "Australia/Lord_Howe")
        from at in Gen.Choose(0, (24 * 60) - 1)
        from start in Gen.Elements(
            new DateTimeOffset(2026, 3, 7, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 3, 28, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 10, 31, 0, 0, 0, TimeSpan.Zero))
        from minutes in Gen.Choose(0, 3 * 24 * 60).ArrayOf()
        select (
            zone, TimeOnly.MinValue.AddMinutes(at), minutes.Select(minute => start.AddMinutes(minute)).ToArray());
}
