using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.Approvals;
using OrderToCash.Kernel;

namespace OrderToCash.Gateway.Tests;

/// <summary>Answers that the gateway puts together out of those of the services.</summary>
public sealed class ComposedAnswers
{
    private static readonly Guid First = new("00000000-0000-7000-8000-000000000001");
    private static readonly Guid Second = new("00000000-0000-7000-8000-000000000002");
    private static readonly Guid Third = new("00000000-0000-7000-8000-000000000003");

    [Fact]
    public void approvals_are_in_one_order_and_tell_all_that_their_services_tell()
    {
        var merged = ApprovalInbox.Merge(
            [
                Page("invoicing", Request(Third, "2026-11-03T00:00:00+00:00"), Request(First, "2026-11-01T00:00:00Z")),
                Page("credit", Request(Second, "2026-11-01T00:00:00.0000000+00:00")),
            ],
            "requestedAt", 2);

        merged.Items.Select(item => (item["id"]!.GetValue<Guid>(), item["service"]!.GetValue<string>()))
            .ShouldBe([(First, "invoicing"), (Second, "credit")]);
        merged.Items.ShouldAllBe(item => item["newInThisVersion"]!.GetValue<int>() == 7);
        merged.Next.ShouldNotBeNull();
        JsonSerializer.SerializeToNode(merged, Json.Wire)!["items"]![0]!["newInThisVersion"]!.GetValue<int>()
            .ShouldBe(7);
    }

    [Fact]
    public void what_is_not_in_the_answer_is_named()
    {
        var merged = ApprovalInbox.Merge(
            [
                Page("invoicing"), new("cash-application", HttpStatusCode.TooManyRequests, Problem()),
                new("credit", HttpStatusCode.Forbidden, Problem()), new("collections", null, null),
            ],
            "-requestedAt", 10);

        (merged.Items.Count, merged.Next).ShouldBe((0, null));
        merged.Unavailable.ShouldBe(["cash-application", "collections"]);
        merged.Denied.ShouldBe(["credit"]);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(null)]
    public void a_part_of_an_account_that_is_not_answered_is_named(HttpStatusCode? status)
    {
        var account = CustomerAccount.Compose(First,
        [
            new("invoicing", HttpStatusCode.OK, new JsonObject()), new("invoicing", status, Problem()),
            new("cash-application", HttpStatusCode.OK, new JsonObject()),
            new("credit", HttpStatusCode.NotFound, Problem()), new("collections", HttpStatusCode.Forbidden, Problem()),
            new("collections", HttpStatusCode.OK, new JsonObject()),
        ]);

        account.Unavailable.ShouldBe(["invoicing"]);
        account.Denied.ShouldBe(["collections"]);
        account.Customer.ShouldNotBeNull();
        new[] { account.Invoices, account.Credit, account.Activities }.ShouldAllBe(part => part == null);
    }

    /// <summary>The API document and rows tell of a request what services tell.</summary>
    [Fact]
    public void a_request_for_approval_is_declared_as_services_declare_it() =>
        typeof(ApprovalInbox.Item).GetProperties().Select(property => property.Name)
            .ShouldBe([
                .. typeof(ApprovalSummary).GetProperties().Select(property => property.Name), "Service",
            ]);

    private static ServiceAnswer Page(string service, params JsonNode[] items) =>
        new(service, HttpStatusCode.OK, new JsonObject { ["items"] = new JsonArray(items), ["next"] = null });

    private static JsonObject Request(Guid id, string requestedAt) =>
        new() { ["id"] = id, ["requestedAt"] = requestedAt, ["newInThisVersion"] = 7 };

    private static JsonObject Problem() => new() { ["code"] = "some-problem" };
}
