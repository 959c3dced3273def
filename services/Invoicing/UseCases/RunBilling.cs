using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Bills now what schedules have come to; it happens by itself within a minute, and what was refused is tried by itself
/// the next day. Asked again it bills only what is due since, so a repeat needs no key.
/// </summary>
public static class RunBilling
{
    /// <summary>What is run.</summary>
    /// <param name="LegalEntity">Whose schedules.</param>
    public sealed record Request(string LegalEntity);

    /// <summary>One due invoice.</summary>
    /// <param name="InvoiceId">Null where it was refused.</param>
    /// <param name="Code">Why it was refused, or null.</param>
    public sealed record Outcome(
        Guid ScheduleId, string Key, Guid? InvoiceId, string? Number, Money? Total, string? Code, string? Detail);

    /// <summary>What became of what was due; of a long list the first part, and the next call takes the next.</summary>
    public sealed record Response(IReadOnlyList<Outcome> Invoices);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/billing-runs", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<Response>()
        .WithSummary("Bill now what billing schedules have come to");

    private static async Task<IResult> HandleAsync(
        Request request, HttpCommand command, ScheduledBilling billing, ILogger<ScheduledBilling> log)
    {
        if (command.Caller.Deny(request.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        return await command.RepeatableAsync(async cancellation =>
        {
            var billed = await billing.BillAsync(
                command.Metadata(), request.LegalEntity, again: true, Attempts.Logged(log), cancellation);
            return Reply.Ok(new Response([.. billed.Select(one => new Outcome(
                one.ScheduleId, one.Key, one.InvoiceId, one.Number, one.Total, one.Refusal?.Code,
                one.Refusal?.Detail))]));
        });
    }
}
