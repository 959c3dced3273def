using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OrderToCash;

/// <summary>
/// <c>MapGet</c>, <c>MapPost</c>, <c>MapPut</c> and <c>MapDelete</c> as the framework's, for all code in
/// <c>OrderToCash</c>. What differs: the code that reads a request into the handler's parameters is made when the first
/// request comes, and not for every endpoint at the start. Of a start's CPU a third went there in Invoicing, for
/// endpoints of which few are asked for in the first minutes (figures in <c>tests/Benchmarks/README.md</c>).
/// Metadata, and with it the OpenAPI document and who may call, is there from the start, and a handler that no request
/// can be read into ends the start as before.
/// </summary>
public static class LateBinding
{
    private static readonly string[] _get = [HttpMethods.Get];
    private static readonly string[] _post = [HttpMethods.Post];
    private static readonly string[] _put = [HttpMethods.Put];
    private static readonly string[] _delete = [HttpMethods.Delete];

    /// <summary>Maps GET requests for the pattern.</summary>
    public static RouteHandlerBuilder MapGet(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        Map(routes, pattern, handler, _get);

    /// <summary>Maps POST requests for the pattern.</summary>
    public static RouteHandlerBuilder MapPost(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        Map(routes, pattern, handler, _post);

    /// <summary>Maps PUT requests for the pattern.</summary>
    public static RouteHandlerBuilder MapPut(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        Map(routes, pattern, handler, _put);

    /// <summary>Maps DELETE requests for the pattern.</summary>
    public static RouteHandlerBuilder MapDelete(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        Map(routes, pattern, handler, _delete);

    private static RouteHandlerBuilder Map(
        IEndpointRouteBuilder routes, string pattern, Delegate handler, IEnumerable<string> methods) =>
        RouteHandlerServices.Map(
            routes, pattern, handler, methods, RequestDelegateFactory.InferMetadata, Create, handler.Method);

    private static RequestDelegateResult Create(
        Delegate handler, RequestDelegateFactoryOptions options, RequestDelegateMetadataResult? metadata)
    {
        var late = new Lazy<RequestDelegate>(
            () => RequestDelegateFactory.Create(handler, options, metadata).RequestDelegate);
        return new RequestDelegateResult(context => late.Value(context), metadata?.EndpointMetadata ?? []);
    }
}
