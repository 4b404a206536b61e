import{A as e,B as t,D as n,E as r,O as i,R as a,V as o,d as s,g as c,z as l}from"./shared-2mn8ZwXE.js";import{t as u}from"./element-DJxxFH7X.js";import"./dialog-BQdrqV2r.js";import{t as d}from"./form-BwL4z9H8.js";var f={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},p=e=>(...t)=>({_$litDirective$:e,values:t}),m=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:h}=o,g=e=>e,_=e=>e.strings===void 0,v=()=>document.createComment(``),y=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new h(r.insertBefore(v(),i),r.insertBefore(v(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=g(e).nextSibling;g(r).insertBefore(e,i),e=t}}}return n},b=(e,t,n=e)=>(e._$AI(t,n),e),x={},S=(e,t=x)=>e._$AH=t,C=e=>e._$AH,w=e=>{e._$AR(),e._$AA.remove()},T=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},E=p(class extends m{constructor(e){if(super(e),e.type!==f.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=C(e),{values:a,keys:o}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=o,a;let s=this.ut??=[],c=[],u,d,f=0,p=i.length-1,m=0,h=a.length-1;for(;f<=p&&m<=h;)if(i[f]===null)f++;else if(i[p]===null)p--;else if(s[f]===o[m])c[m]=b(i[f],a[m]),f++,m++;else if(s[p]===o[h])c[h]=b(i[p],a[h]),p--,h--;else if(s[f]===o[h])c[h]=b(i[f],a[h]),y(e,c[h+1],i[f]),f++,h--;else if(s[p]===o[m])c[m]=b(i[p],a[m]),y(e,i[f],i[p]),p--,m++;else if(u===void 0&&(u=T(o,m,h),d=T(s,f,p)),u.has(s[f])){if(u.has(s[p])){let t=d.get(o[m]),n=t===void 0?null:i[t];if(n===null){let t=y(e,i[f]);b(t,a[m]),c[m]=t}else c[m]=b(n,a[m]),y(e,i[f],n),i[t]=null;m++}else w(i[p]),p--}else w(i[f]),f++;for(;m<=h;){let t=y(e,c[h+1]);b(t,a[m]),c[m++]=t}for(;f<=p;){let e=i[f++];e!==null&&w(e)}return this.ut=o,S(e,c),l}}),D=class extends u{constructor(...e){super(...e),this.heading=``,this.question=``,this.label=``,this.confirm=``,this.refuse=``,this.danger=!1,this.suggestions=[],this.text=``}static{this.styles=[s,d]}firstUpdated(){this.label&&!this.suggestions.length&&requestAnimationFrame(()=>this.renderRoot.querySelector(`textarea`)?.focus())}done(e){this.dispatchEvent(new CustomEvent(`done`,{detail:e}))}render(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.heading}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.question?t`<p>${this.question}</p>`:a}
${this.suggestions.length?t`<div class="chips field">
${this.suggestions.map(e=>t`<button type="button" class="choose" @click=${()=>this.done(e)}>
${e}
</button>`)}
</div>`:a}
${this.label?t`<div class="field">
<label for="text">${this.label}</label>
<textarea
id="text"
rows="2"
.value=${this.text}
@input=${e=>this.text=e.target.value}
></textarea>
</div>`:a}
<span slot="actions">
${e({label:this.refuse||this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(this.refuse?`refused`:`closed`))})}
${e({label:this.confirm,look:this.danger?`danger`:`primary`,onClick:()=>this.done(this.text.trim())})}
</span>
</bvp-dialog>`}};c([n()],D.prototype,`heading`,void 0),c([n()],D.prototype,`question`,void 0),c([n()],D.prototype,`label`,void 0),c([n()],D.prototype,`confirm`,void 0),c([n()],D.prototype,`refuse`,void 0),c([n({type:Boolean})],D.prototype,`danger`,void 0),c([n({attribute:!1})],D.prototype,`suggestions`,void 0),c([r()],D.prototype,`text`,void 0),D=c([i(`bvp-text-dialog`)],D);export{m as a,p as i,S as n,f as o,_ as r,E as t};