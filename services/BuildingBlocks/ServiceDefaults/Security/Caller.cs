using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>Who is asking, from the verified token.</summary>
public sealed class Caller
{
    /// <summary>Grants every legal entity.</summary>
    public const string AllEntities = "*";

    private Caller(ClaimsPrincipal user)
    {
        Subject = user.FindFirst("sub")?.Value ?? "";
        Roles = Values(user, "roles");
        Entities = Values(user, "entities");
        Scopes = Values(user, "scope").Concat(Values(user, "scp")).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The <c>sub</c> claim; kept with every event the caller causes.</summary>
    public string Subject { get; }

    /// <summary>Roles, for approval authority.</summary>
    public IReadOnlySet<string> Roles { get; }

    /// <summary>Codes of the legal entities the caller may see; <c>*</c> for all.</summary>
    public IReadOnlySet<string> Entities { get; }

    /// <summary>Scopes of the token.</summary>
    public IReadOnlySet<string> Scopes { get; }

    /// <summary>The caller a principal stands for; an empty one when nobody is signed in.</summary>
    public static Caller From(ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new Caller(user);
    }

    /// <summary>The caller of a request, read once per request.</summary>
    public static Caller Of(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.Features.Get<Caller>() is { } known)
            return known;
        var caller = From(http.User);
        http.Features.Set(caller);
        return caller;
    }

    /// <summary>True when the caller may see this legal entity.</summary>
    public bool MaySee(string legalEntity) => Entities.Contains(AllEntities) || Entities.Contains(legalEntity);

    /// <summary>Null when the caller may see this legal entity, else the refusal (403).</summary>
    public Refusal? Deny(string legalEntity) => MaySee(legalEntity)
        ? null
        : new Refusal(
            "entity-not-allowed", $"Your token does not cover legal entity {legalEntity}.", RefusalKind.Forbidden);

    /// <summary>
    /// The legal entities a list is restricted to, null for none: every statement that reads for a caller says
    /// <c>(@entities::text[] is null or legal_entity = any(@entities))</c>. Who asks for no legal entity gets what they
    /// may see, be it an empty page; who asks for one that their token does not cover is told so.
    /// </summary>
    /// <param name="asked">The legal entity that is asked for; the statement restricts itself to it.</param>
    /// <exception cref="ProblemException">403 <c>entity-not-allowed</c>: the token does not cover it.</exception>
    public string[]? EntityFilter(string? asked = null)
    {
        if (asked is not null && Deny(asked) is { } denied)
            throw new ProblemException(Problems.From(denied));
        return Entities.Contains(AllEntities) ? null : [.. Entities];
    }

    /// <summary>
    /// A claim comes as one text with blanks between the values, or as an array, which is one claim per value.
    /// </summary>
    private static HashSet<string> Values(ClaimsPrincipal user, string claim) =>
        user.FindAll(claim)
            .SelectMany(c => c.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet(StringComparer.Ordinal);
}
