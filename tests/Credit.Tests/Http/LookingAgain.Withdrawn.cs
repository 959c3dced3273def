using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>CRD-15: to withdraw a review is not to have looked at the customer.</summary>
public sealed partial class LookingAgain
{
    [Fact]
    public async Task a_review_that_is_withdrawn_comes_again_the_next_day_and_one_that_is_decided_does_not()
    {
        const string entity = "LA15";
        await EntityAsync(entity, everyDays: 30, coverage: 100);
        var customer = await bed.CustomerAsync(limit: 1_000, entity: entity);
        var days = 0;
        Pass(31);
        try
        {
            await RunDayAsync(entity);
            await EndAsync((await ReviewsAsync(customer)).ShouldHaveSingleItem(), "withdraw");
            (await RunDayAsync(entity)).GetProperty("reviews").GetInt32().ShouldBe(0, "one a day is enough");
            Pass(1);
            await RunDayAsync(entity);
            var again = (await ReviewsAsync(customer)).Single(review => review.Text("status") != "withdrawn");
            again.Text("trigger").ShouldBe("The review of every 30 days is due.");

            await EndAsync(again, "approve");
            await (await bed.Client.PostAsJsonAsync(
                $"/v1/credit/applications/{again.Text("id")}/reopen", new { reason = "a slip" }))
                .ShouldBeAsync(HttpStatusCode.OK);
            await EndAsync(again, "withdraw");
            Pass(1);
            (await RunDayAsync(entity)).GetProperty("reviews").GetInt32().ShouldBe(0);
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-days));
        }

        void Pass(int more)
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(more));
            days += more;
        }

        async Task EndAsync(JsonElement review, string how)
        {
            var path = $"/v1/credit/applications/{review.Text("id")}";
            await Eventually.BecomesTrue(
                async () => (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status") == "in-review",
                "it is a person's");
            await (await bed.Client.PostAsJsonAsync($"{path}/{how}", new { reason = "a slip" }))
                .ShouldBeAsync(HttpStatusCode.OK);
        }
    }
}
