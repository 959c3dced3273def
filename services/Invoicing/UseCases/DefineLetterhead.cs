using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Letterheads;
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

    private static Task<IResult> PutAsync(string code, Request request, HttpCommand command)
    {
        var wish = new LetterheadDefined(
            code, request.Name.Trim(), request.Address, request.TaxId, request.RegistrationId, request.Email,
            request.Phone, request.ContactName, request.BankAccount, request.BankCode, request.PaymentNote,
            request.PayLink, request.Color, request.Logo);
        return EntitySetting.PutAsync(
            code, command, LetterheadStream.Type, LetterheadStream.Id(code),
            (letterhead, _) => LetterheadDecider.Define(letterhead, wish),
            (letterhead, version) => new View(letterhead.Definition!, version));
    }

    private static Task<IResult> GetAsync(string code, HttpContext http) => EntitySetting.GetAsync(
        code, http, LetterheadStream.Type, LetterheadStream.Id(code),
        (letterhead, version) => letterhead.Definition is { } definition ? new View(definition, version) : null);
}
