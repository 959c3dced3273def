using System.Globalization;

namespace OrderToCash.Kernel.Tests;

/// <summary>New identifiers are ordered by time; those of a natural key never change.</summary>
public sealed class Identifiers
{
    [Fact]
    public void New_ones_are_UUIDv7_ordered_by_the_clock()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 2, 23, 59, 59, 990, TimeSpan.Zero));
        var ids = new List<Guid>();
        for (var tick = 0; tick < 1_000; tick++, clock.Now = clock.Now.AddMilliseconds(1))
            ids.Add(Ids.Next(clock));

        ids.ShouldAllBe(id => id.Version == 7);
        ids.ShouldBeUnique();
        ids.Select(id => id.ToString()).ShouldBe(ids.Select(id => id.ToString()).Order(StringComparer.Ordinal));
        ids[0].ToString().ShouldStartWith(clock.Start.ToUnixTimeMilliseconds()
            .ToString("x12", CultureInfo.InvariantCulture).Insert(8, "-"));
    }

    [Fact]
    public void Many_of_one_millisecond_are_different()
    {
        var clock = new SetClock(DateTimeOffset.UnixEpoch.AddYears(50));

        Enumerable.Range(0, 10_000).Select(_ => Ids.Next(clock)).Distinct().Count().ShouldBe(10_000);
    }

    /// <summary>Streams are stored under these: a change here loses them.</summary>
    [Fact]
    public void The_identifier_of_a_natural_key_is_pinned()
    {
        Ids.From("legal-entity", "US01").ShouldBe(Guid.Parse("910d3444-b8a1-8389-9bac-8f959b1e795c"));
        Ids.From("legal-entity", "US01").Version.ShouldBe(8);
        Ids.LockKey("invoicing-relay").ShouldBe(-3_753_292_540_801_295_674);
    }

    [Fact]
    public void Parts_of_a_key_are_kept_apart_whatever_they_hold()
    {
        Guid[] different =
        [
            Ids.From("a", "bc"), Ids.From("ab", "c"), Ids.From("abc"), Ids.From("", "abc"), Ids.From("abc", ""),
            Ids.From("a\u001fb", "c"), Ids.From("a", "b\u001fc"), Ids.From("a", "b", "c"),
            Ids.From("a\u001b\u001fb", "c"), Ids.From("a\u001b", "b", "c"), Ids.From("A", "BC"), Ids.From(),
        ];

        different.ShouldBeUnique();
    }

    private sealed class SetClock(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Start { get; } = start;

        public DateTimeOffset Now { get; set; } = start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
