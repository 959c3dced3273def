namespace OrderToCash.Kernel.Tests;

/// <summary>A day ends where the people are, not at midnight UTC.</summary>
public sealed class LocalDates
{
    [Theory]
    [InlineData("Pacific/Pago_Pago", "2026-03-02T10:59:59Z", "2026-03-01")]
    [InlineData("Pacific/Pago_Pago", "2026-03-02T11:00:00Z", "2026-03-02")]
    [InlineData("America/Chicago", "2026-03-08T05:59:59Z", "2026-03-07")]
    [InlineData("America/Chicago", "2026-03-08T06:00:00Z", "2026-03-08")]
    [InlineData("America/Chicago", "2026-03-09T04:59:59Z", "2026-03-08")]
    [InlineData("America/Chicago", "2026-03-09T05:00:00Z", "2026-03-09")]
    [InlineData("America/Mexico_City", "2026-07-01T05:59:59Z", "2026-06-30")]
    [InlineData("America/St_Johns", "2026-01-01T03:30:00Z", "2026-01-01")]
    [InlineData("UTC", "2026-03-02T23:59:59Z", "2026-03-02")]
    [InlineData("Europe/Berlin", "2026-03-02T23:00:00Z", "2026-03-03")]
    [InlineData("Asia/Kathmandu", "2026-03-02T18:15:00Z", "2026-03-03")]
    [InlineData("Pacific/Chatham", "2026-03-02T10:14:59Z", "2026-03-02")]
    [InlineData("Pacific/Chatham", "2026-03-02T10:15:00Z", "2026-03-03")]
    [InlineData("Pacific/Kiritimati", "2026-03-01T10:00:00Z", "2026-03-02")]
    public void The_date_is_that_of_the_zone(string zone, string instant, string date)
    {
        var clock = new FixedClock(DateTimeOffset.Parse(instant));

        clock.Today(zone).ShouldBe(DateOnly.Parse(date));
        clock.GetUtcNow().ToOffset(TimeSpan.FromHours(9)).DateIn(zone).ShouldBe(DateOnly.Parse(date));
    }

    [Fact]
    public void Every_zone_has_the_date_of_its_offset()
    {
        var noon = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
        for (var hours = -11; hours <= 14; hours++)
        {
            var zone = hours == 0 ? "UTC" : $"Etc/GMT{-hours:+0;-0}";
            for (var hour = 0; hour < 24; hour++)
            {
                var instant = noon.AddHours(hour);
                var local = instant.ToOffset(TimeSpan.FromHours(hours)).Date;
                instant.DateIn(zone).ShouldBe(DateOnly.FromDateTime(local), zone);
            }
        }
    }

    [Theory]
    [InlineData("America/New_York", true)]
    [InlineData("UTC", true)]
    [InlineData("Mars/Olympus", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("/etc/localtime", false)]
    [InlineData("Eastern Standard Time", false)]
    [InlineData("EST", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_zones_of_the_IANA_list_are_zones(string? name, bool known) =>
        LocalClock.IsTimeZone(name).ShouldBe(known);

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
