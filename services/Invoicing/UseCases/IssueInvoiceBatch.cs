using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Issues many invoices in one transaction; each succeeds or is refused by itself.</summary>
public static class IssueInvoiceBatch
{
    private const int MaxInvoices = 1_000;
    private const long BodyBytes = 64 * 1024 * 1024;

    /// <summary>Many invoices.</summary>
    /// <param name="Invoices">1 to 1,000, each shaped as for a single invoice; read one by one, so that one that cannot
    /// be read spoils no other.</param>
    public sealed record Request(IReadOnlyList<JsonElement> Invoices);

    /// <summary>What became of one: its id and number, or the problem it would have been answered with alone.</summary>
    public sealed record ItemResult(
        int Index, int Status,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Id = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Number = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Problem? Problem = null);

    public sealed record Response(IReadOnlyList<ItemResult> Results);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/batch", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .WithBodyLimit(BodyBytes)
        .Produces<Response>()
        .WithSummary("Issue up to 1,000 invoices");

    private static async Task<IResult> HandleAsync(
        Request request, HttpCommand command, InvoiceIssuing issuing, IOptions<JsonOptions> json)
    {
        if (request.Invoices.Count is 0 or > MaxInvoices)
            return await command.RefuseAsync(
                InvoiceRefusals.Invalid("/invoices", $"A batch has 1 to {MaxInvoices} invoices."));

        var items = request.Invoices.Select(item => Read(item, json.Value.SerializerOptions)).ToList();
        var now = command.Clock.GetUtcNow();
        var accounts = await BillingAccounts.LoadAsync(command, [.. items.Select(item => item.Wish)], now);
        var drafted = items.Zip(accounts, (item, account) => Draft(item, account, command.Caller, now)).ToList();
        return await issuing.IssueAsync(
            new IssueRequest(
                [.. drafted.Where(item => item.Draft is not null).Select(item => item.Draft!)],
                command.Metadata(), command.Key, issued => Answer(drafted, issued)),
            command.Cancellation);
    }

    private static (IssueInvoice? Wish, Problem? Problem) Read(JsonElement item, JsonSerializerOptions json)
    {
        try
        {
            return (item.Deserialize<IssueInvoice>(json) ?? throw new JsonException("must not be null"), null);
        }
        catch (JsonException error)
        {
            return (null, Problems.Malformed(error));
        }
    }

    private static (InvoiceDraft? Draft, Problem? Problem) Draft(
        (IssueInvoice? Wish, Problem? Problem) item, BillingAccount? account, Caller caller, DateTimeOffset now)
    {
        if (item.Wish is null)
            return (null, item.Problem);
        var (draft, refusal) = IssueInvoiceEndpoint.Draft(item.Wish, account, caller, now);
        return (draft, refusal is null ? null : Problems.From(refusal));
    }

    private static Reply Answer(
        List<(InvoiceDraft? Draft, Problem? Problem)> drafted, IReadOnlyList<IssuedInvoice> issued)
    {
        var next = 0;
        return Reply.Ok(new Response([.. drafted.Select((item, index) =>
        {
            if (item.Problem is { } problem)
                return new ItemResult(index, problem.Status, Problem: problem);
            var (id, invoice) = issued[next++];
            return new ItemResult(index, StatusCodes.Status201Created, id, invoice.Number);
        })]));
    }
}
