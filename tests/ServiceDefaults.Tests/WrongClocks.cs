using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace OrderToCash.ServiceDefaults.Tests;

/// <summary>A process whose clock is off is needed in tests, and nowhere else.</summary>
public sealed class WrongClocks
{
    [Fact]
    public void a_clock_may_be_off_in_development()
    {
        var clock = ClockOf("Development", "1.02:00:00");

        (clock.GetUtcNow() - TimeProvider.System.GetUtcNow()).ShouldBeInRange(
            TimeSpan.FromHours(25), TimeSpan.FromHours(26));
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public void anywhere_else_it_ends_the_start(string environment) =>
        Should.Throw<InvalidOperationException>(() => ClockOf(environment, "00:00:01"))
            .Message.ShouldContain("Clock:Offset");

    [Theory]
    [InlineData("Production", null)]
    [InlineData("Development", null)]
    [InlineData("Production", "00:00:00")]
    public void without_an_offset_it_is_the_system_s(string environment, string? offset) =>
        ClockOf(environment, offset).ShouldBeSameAs(TimeProvider.System);

    private static TimeProvider ClockOf(string environment, string? offset)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration["Clock:Offset"] = offset;
        builder.AddServiceDefaults("clock");
        return builder.Services.Last(service => service.ServiceType == typeof(TimeProvider)).ImplementationInstance
            .ShouldBeAssignableTo<TimeProvider>()!;
    }
}
