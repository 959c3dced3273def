using System.Net;
using OrderToCash.EndToEnd.Tests.Support;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>D-02, D-14: a caller sends again what may have arrived; its key goes through to the service.</summary>
public sealed class SameKeyTwice(RunningSystem system)
{
    private readonly Api _api = system.Controller;

    [Fact]
    public async Task the_same_key_twice_is_one_invoice_and_another_body_is_refused()
    {
        var seller = await Seller.OpenAsync(_api, "TWICE");
        var wish = seller.Wish(10m, daysAgo: 0);

        var first = await _api.TryAsync(HttpMethod.Post, "/v1/invoices", wish, key: "twice-1");
        var again = await _api.TryAsync(HttpMethod.Post, "/v1/invoices", wish, key: "twice-1");
        var other = await _api.TryAsync(HttpMethod.Post, "/v1/invoices", seller.Wish(11m, 0), key: "twice-1");

        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        first.Message.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        again.Status.ShouldBe(HttpStatusCode.Created);
        again.Text.ShouldBe(first.Text);
        again.Message.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        again.Message.Headers.Location.ShouldBe(first.Message.Headers.Location);
        other.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        other.Problem.ShouldBe("idempotency-key-reused");
        (await _api.ListAsync($"/v1/invoices?legalEntity={seller.Code}")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task the_same_key_sent_at_the_same_time_is_one_invoice()
    {
        var seller = await Seller.OpenAsync(_api, "RACE");
        var wish = seller.Wish(10m, daysAgo: 0);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => _api.TryAsync(HttpMethod.Post, "/v1/invoices", wish, key: "race-1")));

        answers.ShouldContain(answer => answer.Status == HttpStatusCode.Created);
        (await _api.ListAsync($"/v1/invoices?legalEntity={seller.Code}")).ShouldHaveSingleItem();
    }
}
