using System.Net;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests;

/// <summary>How many reports one caller may have made at once.</summary>
public sealed class ReportsAtOnce(BankFixture fixture) : IClassFixture<BankFixture>
{
    [Fact]
    public async Task are_bounded_and_count_until_they_are_made_although_their_caller_has_hung_up()
    {
        using var ana = fixture.Bank.ClientFor(fixture.Bank.Issuer.Token(subject: "ana"));
        using var bo = fixture.Bank.ClientFor(fixture.Bank.Issuer.Token(subject: "bo"));
        var (report, other) = ($"{Ids.Next(TimeProvider.System)}", $"{Ids.Next(TimeProvider.System)}");
        using var patience = new CancellationTokenSource();
        var asked = Enumerable.Range(0, 8).Select(_ => ana.GetAsync($"/v1/reports/{report}", patience.Token)).ToList();
        await Eventually.Becomes(
            () => ana.GetStringAsync("/v1/begun"), count => count == "8", "all eight are being made");
        using var refused = await AskAsync(ana);
        await refused.ShouldBeProblemAsync(429, "too-many-requests");
        refused.Headers.RetryAfter!.Delta.ShouldNotBeNull();

        await patience.CancelAsync();
        foreach (var one in asked)
            await Should.ThrowAsync<OperationCanceledException>(one);
        (await AskAsync(ana)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(bo)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var made = await ana.PostAsync($"/v1/made/{report}", null);
        await Eventually.Becomes(
            () => AskAsync(ana), answer => answer.StatusCode == HttpStatusCode.OK, "the reports are made");

        // One that is made already.
        async Task<HttpResponseMessage> AskAsync(HttpClient client)
        {
            using var done = await client.PostAsync($"/v1/made/{other}", null);
            return await client.GetAsync($"/v1/reports/{other}");
        }
    }
}
