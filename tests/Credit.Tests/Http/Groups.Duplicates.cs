using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

public sealed partial class Groups
{
    private static readonly DateOnly Today = TimeProvider.System.Today("America/Chicago");

    /// <summary>CRD-10, CRD-12: nobody gets rid of a hold, or of what is overdue, by being merged.</summary>
    [Fact]
    public async Task what_stands_against_a_duplicate_stands_against_the_customer_it_was_merged_into()
    {
        const string entity = "GH01";
        await bed.EntityAsync(entity);
        var (survivor, duplicate) = (
            await bed.CustomerAsync(limit: 100, entity: entity), await bed.CustomerAsync(limit: 100, entity: entity));
        var invoice = NewId();
        var owed = Issued(duplicate, invoice, 30);
        await bed.PublishAsync(owed with { Items = [owed.Items[0] with { DueDate = Today.AddDays(-80) }] });
        await bed.ExposureBecomesAsync(duplicate, 30, 0, 0);
        await bed.PublishAsync(Merged(duplicate, entity, survivor), version: 2);
        await CountsAsync(survivor, 30);
        (await bed.AccountAsync(survivor)).Codes("holds").ShouldContain("days-overdue");

        // A hold that comes after the merge, and goes again.
        var hold = await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{duplicate}/holds", new { code = "sanctions", reason = "listed" }))
            .ShouldBeAsync(HttpStatusCode.Created);
        await PlacedHoldsBecomeAsync(survivor, "sanctions");
        (await (await bed.CheckAsync(survivor, "GH-1", 20)).BodyAsync()).Text("decision").ShouldBe("declined");
        var shown = (await bed.AccountAsync(survivor)).GetProperty("placedHolds")[0];
        (shown.Text("duplicateId"), shown.Text("placedBy"), shown.GetProperty("placedAt").ValueKind)
            .ShouldBe(($"{duplicate}", "ana", JsonValueKind.String));
        (await OnHoldAsync(entity)).ShouldContain($"{survivor}");
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{survivor}/holds/{hold.Text("holdId")}/release", new { reason = "a namesake" }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "hold-of-duplicate");
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{duplicate}/holds/{hold.Text("holdId")}/release", new { reason = "a namesake" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        await PlacedHoldsBecomeAsync(survivor);
        (await OnHoldAsync(entity)).ShouldNotContain($"{survivor}");
        (await (await bed.CheckAsync(survivor, "GH-2", 20)).BodyAsync()).Codes("reasons").ShouldBe(["days-overdue"]);

        await bed.PublishAsync(Paid(duplicate, invoice, 30, 0), version: 2);

        await bed.OrderBecomesAsync("GH-2", "approved");
    }

    /// <summary>CRD-10, I-19: what was approved for a duplicate is listed where its survivor is held, and its holds are
    /// let go by those who may let go the survivor's.</summary>
    [Fact]
    public async Task orders_and_holds_of_a_duplicate_are_judged_by_the_customer_it_was_merged_into()
    {
        const string entity = "GH02";
        await bed.EntityAsync(entity);
        await bed.App.Store.DecideAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(entity), new EventMetadata("test"),
            before => before.Define(new ApprovalMatrixDefined(
                entity,
                [
                    new ApprovalRule(ApprovalKinds.HoldRelease, null, 0),
                    new ApprovalRule(ApprovalKinds.HoldRelease, null, 1, "cfo", RiskClass: "E"),
                ],
                "USD")));
        var (survivor, duplicate) = (
            await bed.CustomerAsync(limit: 100, entity: entity), await bed.CustomerAsync(limit: 100, entity: entity));
        await (await bed.CheckAsync(duplicate, "GH-3", 60)).ShouldBeAsync(HttpStatusCode.Created);
        await bed.PublishAsync(Merged(duplicate, entity, survivor), version: 2);
        await CountsAsync(survivor, 60);
        (await HeldOrdersAsync()).ShouldBe(0);
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{survivor}/holds", new { code = "manual", reason = "wait" }))
            .ShouldBeAsync(HttpStatusCode.Created);
        (await HeldOrdersAsync()).ShouldBe(1);
        var hold = await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{duplicate}/holds", new { code = "manual", reason = "wait" }))
            .ShouldBeAsync(HttpStatusCode.Created);
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, survivor, new EventMetadata(CreditService.Name),
            account => Decision.Of(new RiskAssessed(5, "E", 1, "rescoring", null, null, account.Risk?.RiskClass)));

        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{duplicate}/holds/{hold.Text("holdId")}/release", new { reason = "a namesake" }))
            .ShouldBeAsync(HttpStatusCode.Accepted);

        async Task<int> HeldOrdersAsync() => (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/order-checks?status=approved&customerId={duplicate}&onHold=true"))
            .GetProperty("items").GetArrayLength();
    }

    /// <summary>CRD-12: who read the duplicate before its merge was undone may take it over after that.</summary>
    [Fact]
    public async Task what_still_counts_with_a_survivor_after_its_merge_was_undone_is_given_back_day_by_day()
    {
        const string entity = "GH03";
        await bed.EntityAsync(entity);
        var (survivor, other) = (
            await bed.CustomerAsync(limit: 100, entity: entity), await bed.CustomerAsync(entity: entity));
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, survivor, new EventMetadata(CreditService.Name),
            _ => Decision.Of(new DuplicateAbsorbed(other, [Some.Exposure(receivables: 60)], 1)));

        await (await bed.Client.PostAsJsonAsync("/v1/credit/daily-runs", new { legalEntity = entity }))
            .ShouldBeAsync(HttpStatusCode.OK);

        await CountsAsync(survivor, 0);
    }

    private Task PlacedHoldsBecomeAsync(Guid customer, params string[] codes) => Eventually.BecomesTrue(
        async () => (await bed.AccountAsync(customer)).Codes("placedHolds").SequenceEqual(codes),
        $"it is held for [{string.Join(", ", codes)}]");

    private async Task<List<string?>> OnHoldAsync(string entity) =>
        [.. (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/accounts?legalEntity={entity}&onHold=true"))
            .GetProperty("items").EnumerateArray().Select(item => item.Text("customerId"))];
}
