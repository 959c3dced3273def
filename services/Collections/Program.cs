using OrderToCash.Collections;
using OrderToCash.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(CollectionsService.Name);
builder.AddCollections();
var app = builder.Build();
app.UseServiceDefaults();
app.MapCollections();
app.Run();
