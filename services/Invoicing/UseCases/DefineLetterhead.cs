using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// What stands on the documents of a legal entity: name, seat, how to pay, logo. Whoever changes it says where
/// customers send their money, so it is for those who keep the books and not for all who bill.
/// </summary>
public static class DefineLetterhead
{
    private const long BodyBytes = 512 * 1024;

    /// <summary>The whole letterhead; what is left out is taken away. Fields as in
    /// <see cref="LetterheadDefined"/>.</summary>
    public sealed record Request(
        string Name, PostalAddress Address, string? TaxId = null, string? RegistrationId = null, string? Email = null,
        string? Phone = null, string? ContactName = null, string? BankAccount = null, string? BankCode = null,
        string? PaymentNote = null, string? PayLink = null, string? Color = null, Logo? Logo = null);

    /// <summary>A letterhead as the API shows it.</summary>
    public sealed record View(LetterheadDefined Letterhead, long Version);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/legal-entities/{code}/letterhead", PutAsync)
            .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin).WithBodyLimit(BodyBytes)
            .Produces<View>().WithSummary("Define what stands on a legal entity's documents");
        routes.MapGet("/legal-entities/{code}/letterhead", GetAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<View>().WithSummary("What stands on its documents");
        HistoryEndpoint.Map(
            routes, "/legal-entities/{code}/letterhead/history", LetterheadStream.Type, Scopes.InvoicingRead,
            letterhead => letterhead.Definition?.LegalEntity, values => LetterheadStream.Id($"{values["code"]}"));
    }

    private static async Task<IResult> PutAsync(string code, Request request, HttpCommand command)
    {
        if (command.Caller.Deny(code) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = await command.Store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(code), command.Cancellation);
        if (!entity.Exists)
            return await command.RefuseAsync(LegalEntityRefusals.Unknown(code));
        var wish = new LetterheadDefined(
            code, request.Name.Trim(), request.Address, request.TaxId, request.RegistrationId, request.Email,
            request.Phone, request.ContactName, request.BankAccount, request.BankCode, request.PaymentNote,
            request.PayLink, request.Color, request.Logo);
        return await command.DecideAsync(
            LetterheadStream.Type,
            LetterheadStream.Id(code),
            letterhead => LetterheadDecider.Define(letterhead, wish),
            decided => Reply.Ok(new View(decided.State.Definition!, decided.Version), decided.Version));
    }

    private static async Task<IResult> GetAsync(
        string code, Caller caller, EventStore store, CancellationToken cancellation)
    {
        if (caller.Deny(code) is { } denied)
            return Problems.From(denied);
        var (letterhead, version) = await store.LoadAsync(
            LetterheadStream.Type, LetterheadStream.Id(code), cancellation);
        return letterhead.Definition is { } definition
            ? Reply.Ok(new View(definition, version), version)
            : Problems.From(Refusal.NotFound("letterhead of", code));
    }
}
